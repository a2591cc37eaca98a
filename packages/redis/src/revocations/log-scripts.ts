import { Script } from '../connection/commands.ts'

/** The id before the first message of a stream. */
export const startId = '0-0'

/*
 * `generation` identifies the data. It is written at the first start, and again when lost data have been restored.
 * `head` is `<last message> <of> <entries> <end> <since>`: the number of live entries, and when the last of them ends. `of` is
 * the generation if the data are complete, `first` before the first start was finished, and `lost` after a loss, which a
 * process noticed at the time `since`, by its clock.
 * Entries are removed only after their end, by `append` and by the expiry of the whole set. So if entries are missing before
 * that end, they were evicted or deleted, and `append` must not hide that with a new count.
 */
const functions = `
local live, stream, head, generation = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local function lastEnd() return redis.call('ZRANGE', live, -1, -1, 'WITHSCORES')[2] or '0' end
local function writeHead(last, of, since)
  redis.call('SET', head, table.concat({last, of, redis.call('ZCARD', live), lastEnd(), string.format('%.0f', since)}, ' '))
end
local function readState(now)
  local name, text = redis.call('GET', generation) or '', redis.call('GET', head) or ''
  local count = redis.call('ZCARD', live)
  if name == '' and text == '' and count == 0 and redis.call('EXISTS', stream) == 0 then return 'empty', '${startId}', '' end
  local last, of, expected, finish, since = string.match(text, '^(%d+%-%d+) (%S+) (%d+) (%S+) (%d+)$')
  if not last then
    local newest = redis.call('XREVRANGE', stream, '+', '-', 'COUNT', 1)[1]
    return 'lost', newest and newest[1] or '${startId}', ''
  end
  finish = tonumber(finish) or math.huge
  local isComplete = now >= finish or (count >= tonumber(expected) and tonumber(lastEnd()) >= finish)
  if of == 'lost' then return 'lost', last, isComplete and since or '' end
  if isComplete and of == 'first' and name == '' then return 'first', last, '' end
  if isComplete and of == name then return 'whole', last, name end
  return 'lost', last, ''
end
`

/** Argument: the time of the caller. Returns the state, the last message, and the generation or the time of a loss. */
export const look = new Script(`${functions}
return {readState(tonumber(ARGV[1]))}
`)

/**
 * Arguments: the time of the caller, the clock skew, the maximum of entries, how many messages the stream keeps and for how
 * many seconds, and 1 if the caller has not started yet; then entries, each with its end. Adds the entries to the live ones.
 * Sends those that are new, or that end later than before, to the stream. A message contains the id of the one before it.
 * Removes entries that ended more than the skew ago by the slower clock. If no process writes any more, the set expires.
 */
export const append = new Script(`${functions}
local callerNow, skew, max, kept, keptSeconds = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5])
local isStarting, first = ARGV[6] == '1', 7
local info = redis.pcall('INFO', 'replication')
if type(info) == 'table' then
  -- INFO can be disabled by rename-command. Any other error stops the write.
  if not string.find(info.err, '[Uu]nknown .*command') then return info end
  info = ''
end
local _, replicas = string.gsub(info, 'state=online', '')
local redisNow = tonumber(redis.call('TIME')[1])
local slower = math.min(redisNow, callerNow)
local state, last, name = readState(slower)
local ended = math.min(redis.call('ZCOUNT', live, '-inf', '(' .. string.format('%.3f', slower - skew)), 1000)
if ended > 0 then redis.call('ZREMRANGEBYRANK', live, 0, ended - 1) end
local isFull = redis.call('ZCARD', live) >= max and not (ARGV[first] and redis.call('ZSCORE', live, ARGV[first]))
for i = first, isFull and 0 or #ARGV, 2 do
  if redis.call('ZADD', live, 'GT', 'CH', ARGV[i + 1], ARGV[i]) == 1 then
    last = redis.call('XADD', stream, 'MAXLEN', '~', kept, '*', 'p', last, 'e', ARGV[i], 'u', ARGV[i + 1])
  end
end
if state == 'whole' then
  writeHead(last, name, 0)
elseif state ~= 'empty' or #ARGV >= first then
  writeHead(last, isStarting and state ~= 'lost' and 'first' or 'lost', tonumber(name) or callerNow)
end
redis.call('XTRIM', stream, 'MINID', '~', string.format('%.0f-0', (redisNow - keptSeconds) * 1000))
local remaining = math.ceil((tonumber(lastEnd()) - slower + skew) * 1000)
redis.call('PEXPIRE', live, string.format('%.0f', math.max(remaining, 1000)))
redis.call('PEXPIRE', stream, string.format('%.0f', math.max(remaining, keptSeconds * 1000)))
return {isFull and 'full' or last, replicas}
`)

/** Arguments: the time of the caller, and a new generation. Finishes the first start, unless Redis contains other data. */
export const begin = new Script(`${functions}
local state, last = readState(tonumber(ARGV[1]))
if state == 'empty' or state == 'first' then
  redis.call('SET', generation, ARGV[2])
  writeHead(last, ARGV[2], 0)
end
return state
`)

/** Argument: the time of the caller. Writes when a loss was noticed, unless it is written or the caller's clock is behind. */
export const noteLoss = new Script(`${functions}
local now = tonumber(ARGV[1])
local state, last, since = readState(math.max(tonumber(redis.call('TIME')[1]), now))
if state == 'lost' and since == '' then writeHead(last, 'lost', now) end
return state
`)

/**
 * Arguments: the time of the caller, a new generation, a number of entries, and the generation that was incomplete. Declares
 * the data complete after they were restored, unless another process has done so. Returns the state. With fewer entries, the
 * data stay lost.
 */
export const restore = new Script(`${functions}
local state, last, name = readState(math.min(tonumber(redis.call('TIME')[1]), tonumber(ARGV[1])))
if state == 'whole' and name ~= ARGV[4] then return {state, last, name} end
if redis.call('ZCARD', live) < tonumber(ARGV[3]) then return {'lost', last, ''} end
redis.call('SET', generation, ARGV[2])
writeHead(last, ARGV[2], 0)
return {'whole', last, ARGV[2]}
`)
