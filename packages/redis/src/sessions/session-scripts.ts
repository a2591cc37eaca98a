import { Script } from '../script.ts'

/*
 * A family is one hash, and the sealed successor a text beside it in the same slot, which goes when the grace is over; every
 * step is one script on these two keys. Times are the callers', in seconds; Redis only counts how long a key may stay, which for
 * the family is the clock skew longer than it is known. A used token counts as replaced lately if the clock of Redis agrees too, so
 * processes whose clocks differ cannot make the grace longer.
 */

/** How many used tokens are kept; older ones end the family, also within the grace. */
const maxReplaced = 8

const functions = `
local key, sealedKey = KEYS[1], KEYS[2]
local function session()
  return redis.call('HMGET', key, 'issuer', 'sid', 'sub', 'claims', 'label', 'device', 'createdAt', 'refreshedAt', 'expiresAt', 'accessTokensExpireAt')
end
local function isKnown(now)
  local times = redis.call('HMGET', key, 'expiresAt', 'idleEnd', 'endedUntil')
  if not times[1] then return false end
  if times[3] then return now < tonumber(times[3]) end
  return now < math.min(tonumber(times[1]), tonumber(times[2]))
end
local function milliseconds(seconds)
  return string.format('%.0f', math.max(1, math.ceil(seconds * 1000)))
end
local function redisNow()
  local time = redis.call('TIME')
  return time[1] + time[2] / 1000000
end
local function finish(now, linger, skew)
  redis.call('HDEL', key, 'token', 'replaced')
  redis.call('DEL', sealedKey)
  redis.call('HSET', key, 'endedUntil', string.format('%.3f', now + linger))
  redis.call('PEXPIRE', key, milliseconds(linger + skew))
end
-- Used tokens, the oldest first: hash, time of the caller, grace, time of Redis.
local function replacedTokens()
  local text = redis.call('HGET', key, 'replaced')
  return text and cjson.decode(text) or {}
end
local function isInGrace(entry, now, grace)
  local seconds = math.min(grace, tonumber(entry[3]))
  return math.abs(now - tonumber(entry[2])) < seconds and math.abs(redisNow() - tonumber(entry[4])) < seconds
end
local function repeatable(presented, now, grace)
  local replaced = replacedTokens()
  local last = replaced[#replaced]
  if not last or presented ~= last[1] or not isInGrace(last, now, grace) then return false end
  return redis.call('GET', sealedKey)
end
local function isSuperseded(presented, now, grace)
  for _, entry in ipairs(replacedTokens()) do
    if presented == entry[1] and isInGrace(entry, now, grace) then return true end
  end
  return false
end
local function remember(presented, now, grace)
  local kept = {}
  for _, entry in ipairs(replacedTokens()) do
    if isInGrace(entry, now, grace) then table.insert(kept, entry) end
  end
  table.insert(kept, {presented, string.format('%.3f', now), string.format('%.3f', grace), string.format('%.3f', redisNow())})
  while #kept > ${maxReplaced} do table.remove(kept, 1) end
  redis.call('HSET', key, 'replaced', cjson.encode(kept))
end
`

/**
 * Writes a family: deadline, seconds to live, the time of Redis that it never outlives, then names and values. Not where one is
 * there, and not when its place in the list of its subject was taken so long ago that it may be gone.
 */
export const beginFamily = new Script(`${functions}
if tonumber(redis.call('TIME')[1]) > tonumber(ARGV[1]) then return 'late' end
if redis.call('EXISTS', key) == 1 then return 'there' end
redis.call('HSET', key, 'lastsUntil', ARGV[3], unpack(ARGV, 4))
redis.call('PEXPIRE', key, milliseconds(math.min(tonumber(ARGV[2]), tonumber(ARGV[3]) - redisNow())))
return 'begun'
`)

/** Of now, the presented token and the grace: the session, and 1 where a rotation by this token would succeed. */
export const lookAtFamily = new Script(`${functions}
local now, presented, grace = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3])
if not isKnown(now) then return {} end
local isGood = presented == redis.call('HGET', key, 'token') or repeatable(presented, now, grace)
return {session(), isGood and 1 or 0}
`)

/**
 * Of now, the presented token, the grace, the skew, the time that an ended family lingers, the idle time, when the access
 * token is over, the successor, and that one sealed (an empty text: not).
 */
export const rotateFamily = new Script(`${functions}
local now, presented, grace, skew = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local linger, idle, successor, sealed = tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[8], ARGV[9]
if not isKnown(now) then return {'unknown'} end
local known = redis.call('HMGET', key, 'token', 'lastsUntil', 'accessTokensExpireAt', 'endedUntil')
if known[4] then return {'ended', session()} end
local accessTokensExpireAt = tonumber(ARGV[7]) > tonumber(known[3]) and ARGV[7] or known[3]
if presented == known[1] then
  redis.call('HSET', key, 'token', successor, 'refreshedAt', ARGV[1], 'accessTokensExpireAt', accessTokensExpireAt,
    'idleEnd', string.format('%.3f', now + idle))
  redis.call('PEXPIRE', key, milliseconds(math.min(tonumber(known[2]) - redisNow(), idle + skew)))
  if sealed == '' then
    redis.call('HDEL', key, 'replaced')
    redis.call('DEL', sealedKey)
  else
    remember(presented, now, grace)
    redis.call('SET', sealedKey, sealed, 'PX', milliseconds(grace))
  end
  return {'rotated', session()}
end
local kept = repeatable(presented, now, grace)
if kept then
  redis.call('HSET', key, 'accessTokensExpireAt', accessTokensExpireAt)
  return {'repeated', session(), kept}
end
if isSuperseded(presented, now, grace) then return {'superseded', session()} end
finish(now, linger, skew)
return {'reused', session()}
`)

/**
 * Of now, the skew, the time that an ended family lingers, and why it ends: the session; nothing if Redis has none. The clock of
 * the caller does not count: one that is ahead must not make a logout miss a living session.
 */
export const endFamily = new Script(`${functions}
if redis.call('EXISTS', key) == 0 then return {} end
if redis.call('HEXISTS', key, 'endedUntil') == 0 then
  finish(tonumber(ARGV[1]), tonumber(ARGV[3]), tonumber(ARGV[2]))
  if ARGV[4] == 'evicted' then redis.call('HSET', key, 'isOwed', '1') end
elseif ARGV[4] == 'revoked' then
  redis.call('HDEL', key, 'isOwed')
end
return session()
`)

/** Of now: 'live', 'expired' by that clock, 'ended', 'owed' (evicted, and not known to be revoked) or 'gone'; and the session. */
export const readFamily = new Script(`${functions}
if redis.call('EXISTS', key) == 0 then return {'gone'} end
if redis.call('HEXISTS', key, 'isOwed') == 1 then return {'owed', session()} end
if redis.call('HEXISTS', key, 'endedUntil') == 1 then return {'ended', session()} end
if not isKnown(tonumber(ARGV[1])) then return {'expired', session()} end
return {'live', session()}
`)
