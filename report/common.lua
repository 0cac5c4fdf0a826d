-- What the filters of all formats share: the log of uses and the signs of Chinese.

local common, uses = {}, {}

function common.slurp(path)
  local file = assert(io.open(path, "rb"), "cannot read " .. path)
  local content = file:read("a")
  file:close()
  return content
end

-- Filter: reads the log of uses, whose path is the metadata "uses".
function common.meta(document)
  common.log = pandoc.json.decode(common.slurp(pandoc.utils.stringify(document.uses)), false)
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

-- "et al." behind Chinese names is "等".
function common.chinese_et_al(inlines)
  for position = 3, #inlines - 2 do
    local et = inlines[position]
    local found = et.t == "Str" and et.text == "et"
    local before, al = inlines[position - 2], inlines[position + 2]
    local word = found and al.t == "Str" and al.text:match("^al(.*)$")
    if word and before.t == "Str" and common.is_chinese(utf8.codepoint(before.text, utf8.offset(before.text, 1))) then
      inlines[position] = pandoc.Str("等" .. word)
      inlines:remove(position + 2)
      inlines:remove(position + 1)
      return inlines
    end
  end
end

return common
