-- Draws, after citeproc, what pandoc does not know: values that lead to their row of the provenance table, numbered
-- figures with alternative text and the data behind them, tables that keep to the page, and the language of Chinese
-- words. The log of uses comes as metadata "uses" (path of a JSON file).

local stringify = pandoc.utils.stringify
local html = FORMAT:match("html") ~= nil
local uses = {}

local function slurp(path)
  local file = assert(io.open(path, "rb"), "cannot read " .. path)
  local content = file:read("a")
  file:close()
  return content
end

local function raw(text) return pandoc.RawInline(html and "html" or "typst", text) end
local function rawblock(text) return pandoc.RawBlock(html and "html" or "typst", text) end

local function escape(text)
  return (text:gsub("[&<>\"]", { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }))
end

local function quoted(text) return '"' .. text:gsub("\\", "\\\\"):gsub('"', '\\"') .. '"' end

-- Typst code of some inlines, on one line.
local function typst(inlines)
  local text = pandoc.write(pandoc.Pandoc({ pandoc.Plain(inlines) }), "typst-citations", { wrap_text = "none" })
  return (text:gsub("%s+$", ""))
end

local function use_of(identifier)
  local use = uses[identifier]
  if not use then error("the log of uses does not know " .. tostring(identifier)) end
  return use
end

-- ------------------------------------------------------------------------------------------------ Chinese runs

local function is_chinese(point)
  return (point >= 0x2e80 and point <= 0x9fff) or (point >= 0xf900 and point <= 0xfaff)
    or (point >= 0xfe30 and point <= 0xffef) or point > 0x1ffff
end

local function chinese_span(text)
  if html then return pandoc.Span({ pandoc.Str(text) }, pandoc.Attr("", {}, { lang = "zh" })) end
  return raw("#zh(" .. quoted(text) .. ")")
end

-- Addresses, paths and names of files may break behind a sign that joins their parts, and nowhere else.
local function breaking(text) return (escape(text):gsub("([/_?=])", "%1<wbr>")) end

local function code(element)
  if html then return raw("<code>" .. breaking(element.text) .. "</code>") end
end

-- A word with Chinese signs as runs, the Chinese ones marked with their language. A word that no line holds may break.
local function runs(str)
  if not html and #str.text > 40 and str.text:find("^[%g]+$") and not str.text:find("[/-]") then
    return pandoc.Str((str.text:gsub(("."):rep(20), "%0\u{200b}")))
  end
  if html and #str.text > 24 and str.text:find("^[%g]+$") then return raw(breaking(str.text)) end
  if not str.text:find("[\xe2-\xf0]") then return nil end
  local parts, run, mode = pandoc.Inlines({}), {}, nil
  local function flush()
    if #run > 0 then
      local text = table.concat(run)
      parts:insert(mode and chinese_span(text) or pandoc.Str(text))
    end
    run = {}
  end
  for _, point in utf8.codes(str.text) do
    local chinese = is_chinese(point)
    if chinese ~= mode then
      flush()
      mode = chinese
    end
    run[#run + 1] = utf8.char(point)
  end
  flush()
  return parts
end

-- ------------------------------------------------------------------------------------------------ values

-- "et al." behind Chinese names is "等".
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

local function value(span)
  local use = use_of(span.identifier)
  if html then
    local open = ('<a class="val" id="%s" href="#prov-%s"><data value="%s">'):format(use.id, use.id, escape(use.value))
    return pandoc.Inlines({ raw(open) }) .. span.content .. pandoc.Inlines({ raw("</data></a>") })
  end
  -- "#none;" keeps "= 0.012" from standing at the beginning of a line, where it would be a heading.
  return pandoc.Inlines({ raw("#val(" .. quoted(use.id) .. ")[#none;") }) .. span.content .. pandoc.Inlines({ raw("]") })
end

local function sentence(span)
  local use = use_of(span.identifier)
  if html then
    local source = ' <a class="src" href="#prov-%s" aria-label="Source of this sentence">source</a>'
    span.content:insert(raw(source:format(use.id)))
    return span
  end
  return pandoc.Inlines({ raw("#sentence(" .. quoted(use.id) .. ")[#none;") }) .. span.content .. pandoc.Inlines({ raw("]") })
end

local function span(element)
  local classes = element.classes
  if classes:includes("val") then return value(element) end
  if classes:includes("sentence") then return sentence(element) end
  if classes:includes("label") and not html then return { raw("#exhibit-label(none)[" .. typst(element.content) .. "]") } end
  if classes:includes("kind") and not html then return { raw("#kind[" .. typst(element.content) .. "]") } end
  if classes:includes("number") and not html then
    return { raw("#number[" .. typst(element.content) .. "\u{2002}]") }
  end
  if classes:includes("zh") then
    if html then return element end
    return { raw("#chinese-title[" .. typst(element.content) .. "]") }
  end
  if classes:includes("txt") or classes:includes("lit") then return element.content end
end

-- ------------------------------------------------------------------------------------------------ exhibits

local function caption_html(use, text, inlines)
  local link = ('<a class="label src" href="#prov-%s">%s</a> '):format(use.id, text)
  return pandoc.Plain(pandoc.Inlines({ raw(link) }) .. inlines)
end

local function caption_typst(use, text, inlines)
  return "[#exhibit-label(" .. quoted(use.id) .. ")[" .. text .. "]" .. typst(inlines) .. "]"
end

local function row_key(key)
  local parts = {}
  for column, text in pairs(key) do parts[#parts + 1] = column .. "=" .. text end
  table.sort(parts)
  return table.concat(parts, ", ")
end

-- Heads get their scope, number cells their class and rows the key of the file's row; alignment moves to the style.
-- Long texts get room, and long cells of numbers may break.
local function dress(tbl, use)
  local aligns, longest = {}, {}
  for column, spec in ipairs(tbl.colspecs) do
    aligns[column] = spec[1]
    tbl.colspecs[column] = { pandoc.AlignDefault }
  end
  for _, head in ipairs(tbl.head.rows) do
    for column, cell in ipairs(head.cells) do
      cell.attr.attributes.scope = "col"
      if use then cell.attr.attributes["data-column"] = table.concat(use.columns[column].names, " ") end
      if aligns[column] == pandoc.AlignRight then cell.attr.classes:insert("num") end
    end
  end
  local body = tbl.bodies[1]
  body.row_head_columns = 1
  for _, row in ipairs(body.body) do
    for column, cell in ipairs(row.cells) do
      longest[column] = math.max(longest[column] or 0, utf8.len(stringify(cell.contents)))
    end
  end
  for position, row in ipairs(body.body) do
    if use then row.attr.attributes["data-key"] = row_key(use.rows[position].key) end
    for column, cell in ipairs(row.cells) do
      local number = aligns[column] == pandoc.AlignRight
      if column == 1 then cell.attr.attributes.scope = "row" end
      if number then cell.attr.classes:insert("num") end
      if use and longest[column] > (number and 24 or 30) then cell.attr.classes:insert("long") end
    end
  end
end

local function table_html(div, tbl, use, inlines)
  dress(tbl, use)
  local classes = use and "exhibit" or "exhibit generated"
  local data = use and (' data-use="%s"'):format(use.id) or ""
  local caption = "cap-" .. div.identifier
  local blocks = pandoc.Blocks({ rawblock(('<figure class="%s" id="%s"%s>'):format(classes, div.identifier, data)) })
  blocks:insert(rawblock(('<figcaption id="%s">'):format(caption)))
  if use then
    blocks:insert(caption_html(use, div.attributes.label, inlines))
  else
    blocks:insert(pandoc.Plain(pandoc.Inlines({ pandoc.Strong(div.attributes.label), pandoc.Space() }) .. inlines))
  end
  local region = '</figcaption><div class="scroll" role="region" tabindex="0" aria-labelledby="%s">'
  blocks:extend({ rawblock(region:format(caption)), tbl, rawblock("</div></figure>") })
  return blocks
end

local MOST = 900  -- signs of a cell; a row with a longer one may break over pages

local function longest_cell(tbl)
  local longest = 0
  for _, row in ipairs(tbl.bodies[1].body) do
    for _, cell in ipairs(row.cells) do longest = math.max(longest, utf8.len(stringify(cell.contents))) end
  end
  return longest
end

-- The last two rows become a footer, which Typst never parts: no row stands alone on the next page.
local function keep_end(tbl)
  local body, foot = tbl.bodies[1].body, pandoc.List({})
  if #body < 5 then return end
  for _ = 1, 2 do foot:insert(1, body:remove()) end
  tbl.foot.rows = foot
end

local function table_typst(div, tbl, use, inlines)
  local shares = {}
  for share in (div.attributes.widths or ""):gmatch("%d+") do shares[#shares + 1] = tonumber(share) / 100 end
  for column, spec in ipairs(tbl.colspecs) do tbl.colspecs[column] = { spec[1], shares[column] or 1 / #tbl.colspecs } end
  local longest, rows = longest_cell(tbl), #tbl.bodies[1].body
  if longest < MOST then keep_end(tbl) end
  local text = pandoc.write(pandoc.Pandoc({ tbl }), "typst-citations", { wrap_text = "none" })
  local body = text:match("^#figure%(%s*align%(center%)%[#(table%(.*%))%]%s*, kind: table%s*%)%s*$")
  body = body and body:gsub("table%.hline%(%),%s*table%.footer%(", "table.footer(repeat: false, ")
  if not body then error("pandoc wrote the table " .. div.identifier .. " in a way this filter does not know") end
  local caption = use and caption_typst(use, div.attributes.label, inlines)
    or "[#exhibit-label(none)[" .. div.attributes.label .. "]" .. typst(inlines) .. "]"
  local code = "%s#exhibit-table(%s, %d, small: %s, dense: %s, whole-rows: %s, %s)<%s>"
  local small, dense = tostring(div.classes:includes("small")), tostring(div.classes:includes("dense"))
  local room = rows > 4 and "#room\n" or ""
  return { rawblock(code:format(room, caption, rows, small, dense, tostring(longest < MOST), body, div.identifier)) }
end

local function exhibit_table(div)
  if not div.identifier:match("^tbl:") then return nil end
  local tbl
  for _, block in ipairs(div.content) do
    if block.t == "Table" then tbl = block end
  end
  local long = tbl.caption.long
  local inlines = #long > 0 and pandoc.Inlines(long[1].content) or pandoc.Inlines({})
  tbl.caption = pandoc.Caption()
  local use = div.attributes.use and use_of(div.attributes.use)
  if html then return table_html(div, tbl, use, inlines) end
  return table_typst(div, tbl, use, inlines)
end

-- pandoc writes text types in percent code; base64 is shorter, and one way is enough.
local function data_uri(mime, content)
  local uri = pandoc.mediabag.make_data_uri("application/octet-stream", content)
  return (uri:gsub("application/octet%-stream", mime, 1))
end

local function figure_html(figure, image, use, inlines)
  local picture = data_uri("image/svg+xml", slurp(use.file))
  local data = data_uri("text/csv;charset=utf-8", slurp(use.data))
  local name = use.data:match("[^/]+$")
  local caption = "cap-" .. figure.identifier
  local open = '<figure class="exhibit" id="%s" data-use="%s"><div class="picture" role="region" tabindex="0" '
    .. 'aria-labelledby="%s"><img src="%s" alt="%s"></div><figcaption id="%s">'
  local close = '</figcaption><details class="data"><summary>Data behind this figure</summary>'
    .. '<p><a class="csv" download="%s" href="%s">Download %s</a></p></details></figure>'
  return {
    rawblock(open:format(figure.identifier, use.id, caption, picture, escape(use.alt), caption)),
    caption_html(use, figure.attributes.label, inlines),
    rawblock(close:format(name, data, name)),
  }
end

local function figure_typst(figure, image, use, inlines)
  local alt, width = quoted(use.alt), image.attributes.width or "100%"
  local code = "#exhibit-figure(%s, %s, %s, %s)<%s>"
  local caption = caption_typst(use, figure.attributes.label, inlines)
  return { rawblock(code:format(quoted("/" .. image.src), alt, width, caption, figure.identifier)) }
end

local function exhibit_figure(figure)
  local image
  figure.content:walk({ Image = function(found) image = found end })
  local use = use_of(image.attributes.use)
  local inlines = pandoc.Inlines(figure.caption.long[1].content)
  return (html and figure_html or figure_typst)(figure, image, use, inlines)
end

-- ------------------------------------------------------------------------------------------------ the rest

-- Divs that Typst draws by a function of the template.
local DRAWN = { warning = "#warning-box[", ["csl-entry"] = "#reference[", chinese = "#chinese-text[" }

-- Contents: Typst makes them; a page has them at its side. Lists of exhibits: with the number of the page on paper.
local function listed(div)
  local name = div.classes[1]
  if name == "contents" then return html and {} or { rawblock("#contents") } end
  if html or (name ~= "lof" and name ~= "lot") then return nil end
  local lines = pandoc.Blocks({})
  for _, item in ipairs(div.content[1].t == "BulletList" and div.content[1].content or {}) do
    local link = item[1].content[1]
    lines:insert(rawblock("#entry(" .. quoted(link.target:sub(2)) .. ")[" .. typst(link.content) .. "]"))
  end
  return #lines > 0 and lines or nil
end

local function drawn(div)
  local name = div.classes[1]
  if html or not DRAWN[name] then
    if name == "warning" then div.attributes.role = "note" end
    return name == "warning" and div or nil
  end
  local blocks = pandoc.Blocks({ rawblock(DRAWN[name]) })
  blocks:extend(div.content)
  blocks:insert(rawblock("]" .. (div.identifier ~= "" and "<" .. div.identifier .. ">" or "")))
  return blocks
end

-- An accessible PDF wants a text for each formula: its source.
local function formula(math)
  if html then return nil end
  return raw("#formula(" .. quoted(math.text) .. ", " .. typst({ math }) .. ")")
end

-- What stands before a heading of the first level: abstract and summary have their pages,
-- everything else opens a page only where less than half of one is left.
local function opening(header)
  if header.identifier == "sec:abstract" or header.identifier == "sec:summary" then return "#pagebreak(weak: true)" end
  return header.classes:includes("appendix") and "#room" or "#chapter-room"
end

local function running_head(header)
  if html or header.level > 1 then return nil end
  local words = header.content:filter(function(inline)
    return not (inline.t == "RawInline" and inline.text:match("^#chinese%-title"))
  end)
  return { rawblock(opening(header)), header, rawblock("#running.update([" .. typst(words) .. "])") }
end

-- The question under a heading (a paragraph in italics) goes to the next page with what answers it.
local function questions(blocks)
  if html then return nil end
  for position = 2, #blocks do
    local block = blocks[position]
    local asks = block.t == "Para" and #block.content == 1 and block.content[1].t == "Emph"
    if asks and blocks[position - 1].t == "Header" then
      blocks[position] = rawblock("#question[" .. typst(block.content) .. "]")
    end
  end
  return blocks
end

local function meta(document)
  local log = pandoc.json.decode(slurp(stringify(document.uses)), false)
  for _, use in ipairs(log) do uses[use.id] = use end
end

return {
  { Meta = meta },
  { Inlines = chinese_et_al },
  { Str = runs, Code = code, Math = formula, Cite = function(cite) return cite.content end },
  { Span = span },
  { Blocks = questions },
  { Div = function(div) return listed(div) or drawn(div) or exhibit_table(div) end, Figure = exhibit_figure, Header = running_head },
}
