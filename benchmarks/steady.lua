-- Sends GETs at a steady rate: wrk -s steady.lua URL -- MILLISECONDS, which each connection waits
-- between an answer and its next request. At the end it prints how many were answered how.
local threads = {}

function setup(thread)
  threads[#threads + 1] = thread
end

function init(args)
  pause, refused = tonumber(args[1]), 0
end

function delay()
  return pause
end

function response(status)
  if status == 429 then refused = refused + 1 end
end

function done(summary)
  local all = 0
  for _, thread in ipairs(threads) do
    all = all + thread:get("refused")
  end
  print(string.format("answered %d refused %d", summary.requests, all))
end
