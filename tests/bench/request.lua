-- One request again and again; with a chain of refresh tokens, each is used once and replaced by its successor.
local function lines(text)
  local found = {}
  for line in (text or ""):gmatch("[^\n]+") do found[#found + 1] = line end
  return found
end

wrk.method = os.getenv("BENCH_METHOD")
wrk.body = os.getenv("BENCH_BODY")
for _, line in ipairs(lines(os.getenv("BENCH_HEADERS"))) do
  local name, value = line:match("^([^:]+): (.*)$")
  wrk.headers[name] = value
end

local chain = lines(os.getenv("BENCH_CHAIN"))
if #chain > 0 then
  local body = wrk.body
  function request()
    return wrk.format(nil, nil, nil, body .. table.remove(chain, 1))
  end
  function response(_, _, answer)
    chain[#chain + 1] = answer:match('"refresh_token":"([^"]+)"')
  end
end
