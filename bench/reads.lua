-- wrk's requests: GET a path whose %d becomes a number below KEYS, drawn anew each time.
-- Environment: READ, KEYS, TOKEN.
local path, keys = os.getenv("READ"), tonumber(os.getenv("KEYS"))
local headers = { ["Authorization"] = "Bearer " .. os.getenv("TOKEN") }

function request()
  return wrk.format("GET", string.format(path, math.random(0, keys - 1)), headers)
end

function done(summary, latency)
  io.write(string.format(
    'RESULT {"requests": %d, "micros": %d, "p50": %d, "p99": %d, "refused": %d, "broken": %d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
