import { Script } from '../script.ts'

/** The id before the first message. */
export const beginning = '0-0'

/*
 * `generation` names the data: it is written once, at the first start, and again when lost data has been restored.
 * `head` is `<last message> <of> <entries> <end> <since>`: so many entries are live, and the last of them ends then. `of` is the
 * generation if the data are complete, `first` before the first start was finished, and `lost` after a loss, which a process
 * noticed at the time `since`, by its clock.
 * Entries are removed only after their end, by `append` and by the expiry of the whole set. So entries that are missing
 * before that end were evicted or deleted, and `append` must not hide that by a new count.
 */
const functions = `
local live, stream, head, generation = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local function longest() return redis.call('ZRANGE', live, -1, -1, 'WITHSCORES')[2] or '0' end
local function claim(last, of, since)
  redis.call('SET', head, table.concat({last, of, redis.call('ZCARD', live), longest(), string.format('%.0f', since)}, ' '))
end
local function look(now)
  local name, text = redis.call('GET', generation) or '', redis.call('GET', head) or ''
  local count = redis.call('ZCARD', live)
  if name == '' and text == '' and count == 0 and redis.call('EXISTS', stream) == 0 then return 'empty', '${beginning}', '' end
  local last, of, claimed, finish, since = string.match(text, '^(%d+%-%d+) (%S+) (%d+) (%S+) (%d+)$')
  if not last then
    local newest = redis.call('XREVRANGE', stream, '+', '-', 'COUNT', 1)[1]
    return 'lost', newest and newest[1] or '${beginning}', ''
  end
  finish = tonumber(finish) or math.huge
  local isThere = now >= finish or (count >= tonumber(claimed) and tonumber(longest()) >= finish)
  if of == 'lost' then return 'lost', last, isThere and since or '' end
  if isThere and of == 'first' and name == '' then return 'first', last, '' end
  if isThere and of == name then return 'whole', last, name end
  return 'lost', last, ''
end
`

/** Of the time of the caller: the state of the data, the last message, and the generation or the time of a loss. */
export const look = new Script(`${functions}
return {look(tonumber(ARGV[1]))}
`)

/**
 * Of the time of the caller, the clock skew, the maximum of entries, how many messages the stream keeps and for how many
 * seconds, and 1 before the caller has started; then entries, each with its end. Adds them to the live ones and sends those
 * that are new, or that end later than before, to the stream. A message names the one before it. What ended more than the skew
 * ago by the slower clock is removed; a set that no process writes to any more expires as a whole.
 */
export const append = new Script(`${functions}
local callerNow, skew, most, kept, keptSeconds = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5])
local isStarting, given = ARGV[6] == '1', 7
local info = redis.pcall('INFO', 'replication')
if type(info) == 'table' then
  -- INFO can be disabled by rename-command. Any other error stops the write.
  if not string.find(info.err, '[Uu]nknown .*command') then return info end
  info = ''
end
local _, replicas = string.gsub(info, 'state=online', '')
local redisNow = tonumber(redis.call('TIME')[1])
local slower = math.min(redisNow, callerNow)
local state, last, named = look(slower)
local over = math.min(redis.call('ZCOUNT', live, '-inf', '(' .. string.format('%.3f', slower - skew)), 1000)
if over > 0 then redis.call('ZREMRANGEBYRANK', live, 0, over - 1) end
local isFull = redis.call('ZCARD', live) >= most and not (ARGV[given] and redis.call('ZSCORE', live, ARGV[given]))
for i = given, isFull and 0 or #ARGV, 2 do
  if redis.call('ZADD', live, 'GT', 'CH', ARGV[i + 1], ARGV[i]) == 1 then
    last = redis.call('XADD', stream, 'MAXLEN', '~', kept, '*', 'p', last, 'e', ARGV[i], 'u', ARGV[i + 1])
  end
end
if state == 'whole' then
  claim(last, named, 0)
elseif state ~= 'empty' or #ARGV >= given then
  claim(last, isStarting and state ~= 'lost' and 'first' or 'lost', tonumber(named) or callerNow)
end
redis.call('XTRIM', stream, 'MINID', '~', string.format('%.0f-0', (redisNow - keptSeconds) * 1000))
local left = math.ceil((tonumber(longest()) - slower + skew) * 1000)
redis.call('PEXPIRE', live, string.format('%.0f', math.max(left, 1000)))
redis.call('PEXPIRE', stream, string.format('%.0f', math.max(left, keptSeconds * 1000)))
return {isFull and 'full' or last, replicas}
`)

/** Of the time of the caller and a new generation: finishes the first start, if no other process has written data of its own. */
export const begin = new Script(`${functions}
local state, last = look(tonumber(ARGV[1]))
if state == 'empty' or state == 'first' then
  redis.call('SET', generation, ARGV[2])
  claim(last, ARGV[2], 0)
end
return state
`)

/** Of the time of the caller: writes when a loss was noticed, unless that is known, or the clock of the caller is behind. */
export const note = new Script(`${functions}
local now = tonumber(ARGV[1])
local state, last, since = look(math.max(tonumber(redis.call('TIME')[1]), now))
if state == 'lost' and since == '' then claim(last, 'lost', now) end
return state
`)

/**
 * Of the time of the caller, a new generation, a number of entries, and the generation that was incomplete: declares the data
 * complete after they were restored, unless another process has done so. Returns the state; data with fewer entries stay lost.
 */
export const restore = new Script(`${functions}
local state, last, name = look(math.min(tonumber(redis.call('TIME')[1]), tonumber(ARGV[1])))
if state == 'whole' and name ~= ARGV[4] then return {state, last, name} end
if redis.call('ZCARD', live) < tonumber(ARGV[3]) then return {'lost', last, ''} end
redis.call('SET', generation, ARGV[2])
claim(last, ARGV[2], 0)
return {'whole', last, ARGV[2]}
`)
