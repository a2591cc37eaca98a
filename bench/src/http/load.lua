-- wrk -s load.lua URL -- FILE FROM: sends the tokens of a file, one per line, in turn, starting at index FROM. A line that
-- begins with `Cookie: ` is sent as this header.
local requests, at = {}, 0

function init(arguments)
  for token in io.lines(arguments[1]) do
    local cookie = token:match('^Cookie: (.*)$')
    local headers = { Host = wrk.host, Cookie = cookie, Authorization = cookie == nil and 'Bearer ' .. token or nil }
    requests[#requests + 1] = wrk.format('GET', '/', headers)
  end
  at = tonumber(arguments[2]) % #requests
end

function request()
  at = at % #requests + 1
  return requests[at]
end

-- Prints the latency in microseconds at every percent between 0.5 and 99.5.
function done(summary, latency)
  local percentiles = {}
  for percent = 0, 99 do
    percentiles[percent + 1] = string.format('%d', latency:percentile(percent + 0.5))
  end
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"rejected":%d,"failed":%d,"latencies":[%s]}\n',
    summary.requests, errors.status, errors.connect + errors.read + errors.write + errors.timeout,
    table.concat(percentiles, ',')
  ))
end
