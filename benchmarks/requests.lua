-- Sends the requests of a file, in turn: wrk -s requests.lua URL -- METHOD FILE again|once NAME:VALUE…
-- Each line of the file is a path and, after a tab, a body. Two threads share it line by line.
local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(args)
  local method, file, often = args[1], args[2], args[3]
  local headers = {}
  for at = 4, #args do
    local name, value = args[at]:match("^([^:]+):(.*)$")
    headers[name] = value
  end
  prepared, at, again = {}, 0, often == "again"
  local line = 0
  for text in io.lines(file) do
    if line % 2 == number then
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
