-- What filters share: the log of uses and the signs of Chinese.

local common, uses = {}, {}

-- Filter: reads the log of uses, whose path is the metadata "uses".
function common.meta(document)
  local path = pandoc.utils.stringify(document.uses)
  local file = assert(io.open(path, "rb"), "cannot read " .. path)
  common.log = pandoc.json.decode(file:read("a"), false)
  file:close()
  for _, use in ipairs(common.log) do uses[use.id] = use end
end

function common.use_of(identifier)
  local use = uses[identifier]
  if not use then error("the log of uses does not know " .. tostring(identifier)) end
  return use
end

function common.is_chinese(point)
  return (point >= 0x2e80 and point <= 0x9fff) or (point >= 0xf900 and point <= 0xfaff)
    or (point >= 0xfe30 and point <= 0xffef) or point > 0x1ffff
end

return common
