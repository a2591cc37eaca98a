import { Script } from '../connection/commands.ts'

/*
 * A session is one hash. The sealed successor is a string beside it, in the same slot, which expires with the grace period.
 * Every operation is one script on these two keys. Times are those of the caller, in seconds. Redis only decides how long a
 * key stays; a session stays one clock skew longer than it is valid. A used token is within the grace period only if the
 * clock of Redis agrees, so processes with different clocks cannot extend the grace period.
 */

/** How many used tokens are stored. An older one ends the session even within the grace period. */
const maxReplaced = 8

const functions = `
local key, sealedKey = KEYS[1], KEYS[2]
local function session()
  return redis.call('HMGET', key, 'issuer', 'sid', 'sub', 'claims', 'label', 'device', 'createdAt', 'refreshedAt', 'expiresAt',
    'accessTokensExpireAt')
end
-- Whether the session is live, or remembered as ended.
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
local function markEnded(now, tombstone, skew)
  redis.call('HDEL', key, 'token', 'replaced')
  redis.call('DEL', sealedKey)
  redis.call('HSET', key, 'endedUntil', string.format('%.3f', now + tombstone))
  redis.call('PEXPIRE', key, milliseconds(tombstone + skew))
end
-- Used tokens, the oldest first: hash, time of the caller, grace period, time of Redis.
local function replacedTokens()
  local text = redis.call('HGET', key, 'replaced')
  return text and cjson.decode(text) or {}
end
local function isInGrace(entry, now, grace)
  local seconds = math.min(grace, tonumber(entry[3]))
  return math.abs(now - tonumber(entry[2])) < seconds and math.abs(redisNow() - tonumber(entry[4])) < seconds
end
-- The sealed successor if the presented token can be repeated, or false.
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
local function storeReplaced(presented, now, grace)
  local recent = {}
  for _, entry in ipairs(replacedTokens()) do
    if isInGrace(entry, now, grace) then table.insert(recent, entry) end
  end
  table.insert(recent, {presented, string.format('%.3f', now), string.format('%.3f', grace), string.format('%.3f', redisNow())})
  while #recent > ${maxReplaced} do table.remove(recent, 1) end
  redis.call('HSET', key, 'replaced', cjson.encode(recent))
end
`

/**
 * Writes a session. Arguments: the deadline, the seconds to live, the time of Redis that the session must not outlive, then
 * field names and values. Writes nothing if the key exists, or if the deadline of its place in the index has passed, because
 * the place might have been removed.
 */
export const beginSession = new Script(`${functions}
if tonumber(redis.call('TIME')[1]) > tonumber(ARGV[1]) then return 'late' end
if redis.call('EXISTS', key) == 1 then return 'exists' end
redis.call('HSET', key, 'lastsUntil', ARGV[3], unpack(ARGV, 4))
redis.call('PEXPIRE', key, milliseconds(math.min(tonumber(ARGV[2]), tonumber(ARGV[3]) - redisNow())))
return 'created'
`)

/** Arguments: now, the presented token, the grace period. Returns the session, and 1 if a rotation would accept the token. */
export const findSession = new Script(`${functions}
local now, presented, grace = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3])
if not isKnown(now) then return {} end
local isCurrent = presented == redis.call('HGET', key, 'token') or repeatable(presented, now, grace)
return {session(), isCurrent and 1 or 0}
`)

/**
 * Arguments: now, the presented token, the grace period, the clock skew, the duration of a tombstone, the idle time, the
 * expiry of the access token, the successor, and the sealed successor (or an empty string).
 */
export const rotateToken = new Script(`${functions}
local now, presented, grace, skew = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local tombstone, idle, successor, sealed = tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[8], ARGV[9]
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
    storeReplaced(presented, now, grace)
    redis.call('SET', sealedKey, sealed, 'PX', milliseconds(grace))
  end
  return {'rotated', session()}
end
local storedSuccessor = repeatable(presented, now, grace)
if storedSuccessor then
  redis.call('HSET', key, 'accessTokensExpireAt', accessTokensExpireAt)
  return {'repeated', session(), storedSuccessor}
end
if isSuperseded(presented, now, grace) then return {'superseded', session()} end
markEnded(now, tombstone, skew)
return {'reused', session()}
`)

/**
 * Arguments: now, the clock skew, the duration of a tombstone, and why the session ends. Returns the session, or nothing if
 * Redis has none. The clock of the caller does not decide this: if it is ahead, a logout must not miss a live session.
 */
export const endSession = new Script(`${functions}
if redis.call('EXISTS', key) == 0 then return {} end
if redis.call('HEXISTS', key, 'endedUntil') == 0 then
  markEnded(tonumber(ARGV[1]), tonumber(ARGV[3]), tonumber(ARGV[2]))
  if ARGV[4] == 'evicted' then redis.call('HSET', key, 'needsRevocation', '1') end
elseif ARGV[4] == 'revoked' then
  redis.call('HDEL', key, 'needsRevocation')
end
return session()
`)

/**
 * Argument: now. Returns the session and its state: 'live', 'expired' (by the clock of the caller), 'ended', 'unrevoked'
 * (evicted, and not known to be revoked), or 'gone'.
 */
export const readSession = new Script(`${functions}
if redis.call('EXISTS', key) == 0 then return {'gone'} end
if redis.call('HEXISTS', key, 'needsRevocation') == 1 then return {'unrevoked', session()} end
if redis.call('HEXISTS', key, 'endedUntil') == 1 then return {'ended', session()} end
if not isKnown(tonumber(ARGV[1])) then return {'expired', session()} end
return {'live', session()}
`)
