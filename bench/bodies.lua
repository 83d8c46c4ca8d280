-- wrk's requests: POST the bodies of a file, one after the other, around and around. The file has a
-- body a line, with its own line ends written as \x1e. Environment: BODIES, TARGET, TOKEN.
local bodies, at, path = {}, 0, os.getenv("TARGET")

function init()
  local headers = {
    ["Content-Type"] = "application/x-ndjson",
    ["Authorization"] = "Bearer " .. os.getenv("TOKEN"),
  }
  for line in io.lines(os.getenv("BODIES")) do
    bodies[#bodies + 1] = wrk.format("POST", path, headers, (line:gsub("\x1e", "\n")))
  end
end

function request()
  at = at % #bodies + 1
  return bodies[at]
end

function done(summary, latency)
  io.write(string.format(
    'RESULT {"requests": %d, "micros": %d, "p50": %d, "p99": %d, "refused": %d, "broken": %d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
