-- Sends the requests of a file in turn, all of one method:
-- wrk -s requests.lua URL -- THREADS METHOD FILE again|once NAME:VALUE…
-- Each line of the file is a path and, after a tab, a body. The threads share it line by line.
-- Everything is prepared before the first request: wrk takes its time from the server it measures.
local started = 0

function setup(thread)
  thread:set("number", started)
  started = started + 1
end

function init(args)
  local threads, method, file = tonumber(args[1]), args[2], args[3]
  local headers = {}
  for at = 5, #args do
    local name, value = args[at]:match("^([^:]+):(.*)$")
    headers[name] = value
  end
  prepared, at, again = {}, 0, args[4] == "again"
  local line = 0
  for text in io.lines(file) do
    if line % threads == number then
      local path, body = text:match("^([^\t]*)\t?(.*)$")
      prepared[#prepared + 1] = wrk.format(method, path, headers, body ~= "" and body or nil)
    end
    line = line + 1
  end
  -- answered 404, which is counted: the file held too few requests
  exhausted = wrk.format("GET", "/exhausted", headers)
end

function request()
  at = at + 1
  if at > #prepared then
    if not again then return exhausted end
    at = 1
  end
  return prepared[at]
end
