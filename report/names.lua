-- Behind Chinese names "et al." is "等". What citeproc read is done with: its style and bibliographies lie on this machine,
-- and the document must not say where.

local function is_chinese(point)
  return (point >= 0x2e80 and point <= 0x9fff) or (point >= 0xf900 and point <= 0xfaff) or point > 0x1ffff
end

local function chinese_et_al(inlines)
  for position = 3, #inlines - 2 do
    local before, et, al = inlines[position - 2], inlines[position], inlines[position + 2]
    local word = et.t == "Str" and et.text == "et" and al.t == "Str" and al.text:match("^al(.*)$")
    if word and before.t == "Str" and is_chinese(utf8.codepoint(before.text, utf8.offset(before.text, 1))) then
      inlines[position] = pandoc.Str("等" .. word)
      inlines:remove(position + 2)
      inlines:remove(position + 1)
      return inlines
    end
  end
end

-- Only citations and the list of references name authors.
local function within(element) return element:walk({ Inlines = chinese_et_al }) end

local function forget(meta)
  meta.csl, meta.bibliography = nil, nil
  return meta
end

return { { Meta = forget, Cite = within, Div = function(div) return div.identifier == "refs" and within(div) or nil end } }
