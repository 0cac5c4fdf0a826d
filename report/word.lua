-- Draws the report for Word: values, sentences, tables and figures with a bookmark of their use and a
-- link to their row of the provenance table, tables with three lines, and a contents, a list of figures and one of
-- tables that are filled. Styles are those of report/word/styles.xml: a style's id is its name without blanks.
-- Text is written here and not by pandoc, which gives each word a run of its own: such a file is slow, and nobody can
-- edit it. Blocks (headings, lists, notes) are pandoc's.

local common = dofile(pandoc.path.join({ pandoc.path.directory(PANDOC_SCRIPT_FILE), "common.lua" }))
local is_chinese, use_of, stringify = common.is_chinese, common.use_of, pandoc.utils.stringify
local PAGE = 9070  -- twentieths of a point between the margins
local WHOLE = 900  -- signs of a cell; a row with a longer one may break over pages
local entries = { contents = pandoc.List({}), lof = pandoc.List({}), lot = pandoc.List({}) }
local seen_appendix = false

-- ------------------------------------------------------------------------------------------------ names of bookmarks

local names, taken = {}, {}

-- A bookmark's name has at most 40 letters, digits and underscores, and capitals do not tell two apart. A name that
-- does not fit, or is another's already, gets a part of its hash; tables and figures go by the name of their use.
local function bookmark(identifier)
  if not names[identifier] then
    local name = identifier:gsub("[-:]", "_")
    if not name:match("^%a[%w_]*$") or #name > 40 or taken[name:lower()] then
      name = "x" .. name:gsub("[^%w_]", ""):sub(1, 26) .. "_" .. pandoc.utils.sha1(identifier):sub(1, 12)
    end
    names[identifier], taken[name:lower()] = name, true
  end
  return names[identifier]
end

-- ------------------------------------------------------------------------------------------------ text

local ESCAPED = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }

-- Text as XML; signs that XML forbids are left out.
local function xml(text) return (text:gsub("[%z\1-\8\11\12\14-\31]", ""):gsub("\xef\xbf[\xbe\xbf]", ""):gsub('[&<>"]', ESCAPED)) end

-- Properties of a run: ``look`` has style, bold, italic and script, and cell in a table; Chinese is never slanted.
local function properties(look, chinese)
  local parts = {}
  if look.style then parts[#parts + 1] = '<w:rStyle w:val="' .. look.style .. '"/>' end
  if chinese then parts[#parts + 1] = '<w:rFonts w:hint="eastAsia"/>' end
  if chinese then parts[#parts + 1] = UPRIGHT end
  if look.bold and not chinese then parts[#parts + 1] = "<w:b/><w:bCs/>" end
  if look.italic and not chinese then parts[#parts + 1] = "<w:i/><w:iCs/>" end
  if look.script then parts[#parts + 1] = '<w:vertAlign w:val="' .. look.script .. '"/>' end
  if chinese then parts[#parts + 1] = '<w:lang w:eastAsia="zh-CN"/>' end
  return #parts > 0 and "<w:rPr>" .. table.concat(parts) .. "</w:rPr>" or ""
end

local function run(text, look, chinese)
  return "<w:r>" .. properties(look, chinese) .. '<w:t xml:space="preserve">' .. xml(text) .. "</w:t></w:r>"
end

-- A text as runs, the Chinese ones marked with their language; a blank belongs to what is not Chinese.
local function runs(text, look)
  if not text:find("[\xe2-\xf0]") then return run(text, look) end
  local parts, start, mode = {}, 1, nil
  for position, point in utf8.codes(text) do
    local chinese = is_chinese(point)
    if chinese ~= mode and position > 1 then
      parts[#parts + 1] = run(text:sub(start, position - 1), look, mode)
      start = position
    end
    mode = chinese
  end
  parts[#parts + 1] = run(text:sub(start), look, mode)
  return table.concat(parts)
end

local marks = 1000000  -- pandoc's own bookmarks count from below

local function ends(name)
  marks = marks + 1
  return ('<w:bookmarkStart w:id="%d" w:name="%s"/>'):format(marks, name), ('<w:bookmarkEnd w:id="%d"/>'):format(marks)
end

local function marked(name, text)
  local opening, closing = ends(name)
  return opening .. text .. closing
end

local CLOSE = "</w:hyperlink>"

local function link_at(name) return '<w:hyperlink w:anchor="' .. name .. '" w:history="1">' end
local function link_to(identifier) return link_at(bookmark(identifier)) end
local function to_source(use, text) return link_to("prov-" .. use.id) .. text .. CLOSE end

local function with(look, key, value)
  local other = { [key] = value }
  for name, known in pairs(look) do
    if name ~= key then other[name] = known end
  end
  return other
end

local LOOKS = {
  Emph = { "italic", true },
  Strong = { "bold", true },
  Superscript = { "script", "superscript" },
  Subscript = { "script", "subscript" },
}
local STYLES = { kind = "Kind", zh = "ChineseTitle", rule = "Rule" }  -- by the last class of a span

-- Collects inlines for pandoc: our own runs, and as they are what pandoc has to write (formulas, notes, pictures, links
-- to the network).
local Writer, written = {}, nil
Writer.__index = Writer

function Writer:end_text()
  if #self.text > 0 then self.parts[#self.parts + 1] = runs(table.concat(self.text), self.look) end
  self.text = {}
end

function Writer:put(xml_text)
  self:end_text()
  self.parts[#self.parts + 1] = xml_text
end

function Writer:native(inline)
  self:finish()
  self.into:insert(inline)
end

function Writer:finish()
  self:end_text()
  if #self.parts > 0 then self.into:insert(pandoc.RawInline("openxml", table.concat(self.parts))) end
  self.parts = {}
  return self.into
end

-- Adds ``inlines`` between two pieces of XML, in another look.
function Writer:between(opening, inlines, look, closing)
  local before = self.look
  self:put(opening)
  self.look = look
  self:add(inlines)
  self:put(closing)
  self.look = before
end

function Writer:span(element)
  local classes, look = element.classes, self.look
  local use = (classes:includes("val") or classes:includes("sentence")) and use_of(element.identifier)
  local opening, closing = "", ""
  if element.identifier ~= "" then opening, closing = ends(bookmark(element.identifier)) end
  if classes:includes("val") then
    local link = link_to("prov-" .. use.id)
    self:between(opening .. link, element.content, with(look, "style", "Value"), CLOSE .. closing)
  elseif use then
    self:between(opening, element.content, look, closing .. run("\u{a0}", {}) .. to_source(use, run("source", { style = "Source" })))
  elseif classes:includes("csl-left-margin") then
    self:between(opening, element.content, look, closing .. "<w:r><w:tab/></w:r>")
  else
    local style = STYLES[classes[#classes]]
    self:between(opening, element.content, style and with(look, "style", style) or look, closing)
  end
end

function Writer:add(inlines)
  for _, inline in ipairs(inlines) do
    local kind = inline.t
    if kind == "Str" then
      self.text[#self.text + 1] = inline.text
    elseif kind == "Space" or kind == "SoftBreak" then
      self.text[#self.text + 1] = " "
    elseif kind == "Quoted" then
      local double = inline.quotetype == "DoubleQuote"
      self.text[#self.text + 1] = double and "“" or "‘"
      self:add(inline.content)
      self.text[#self.text + 1] = double and "”" or "’"
    elseif kind == "Span" and (inline.identifier ~= "" or #inline.classes > 0) then
      self:span(inline)
    elseif kind == "Span" or kind == "Cite" then
      self:add(inline.content)
    elseif LOOKS[kind] then
      self:between("", inline.content, with(self.look, table.unpack(LOOKS[kind])), "")
    elseif kind == "Code" then
      self:put(runs(inline.text, with(self.look, "style", self.look.cell and "CodeInTable" or "VerbatimChar")))
    elseif kind == "LineBreak" then
      self:put("<w:r><w:br/></w:r>")
    elseif kind == "Link" and inline.target:find("^#") then
      local look = self.look.style and self.look or with(self.look, "style", "Hyperlink")
      self:between(link_to(inline.target:sub(2)), inline.content, look, CLOSE)
    else
      if kind == "Link" then inline.content = written(inline.content, { style = "Hyperlink" }) end
      if kind == "Note" then inline.content = inline.content:walk({ Inlines = written }) end
      self:native(inline)
    end
  end
end

function written(inlines, look)
  local writer = setmetatable({ into = pandoc.Inlines({}), parts = {}, text = {}, look = look or {} }, Writer)
  writer:add(inlines)
  return writer:finish()
end

local function text_of(inlines, look)
  local into = written(inlines, look)
  if #into == 0 then return "" end
  if #into > 1 or into[1].t ~= "RawInline" then error("no formula, note or address may stand in: " .. stringify(inlines)) end
  return into[1].text
end

local function paragraph(style, text, more)
  return '<w:p><w:pPr><w:pStyle w:val="' .. style .. '"/>' .. (more or "") .. "</w:pPr>" .. text .. "</w:p>"
end

local function rawblock(text) return pandoc.RawBlock("openxml", text) end

-- ------------------------------------------------------------------------------------------------ tables and figures

local function caption(list, use, name, label, inlines)
  local shown, between = run(label, { style = "Label" }), "\u{2002}"
  entries[list]:insert({ name = name, style = "TableofFigures", text = label .. between .. stringify(inlines) })
  return (use and to_source(use, shown) or shown) .. run(between, {}) .. text_of(inlines)
end

-- Widths of the columns in twentieths of a point, from the shares of the table's attribute.
local function widths_of(div, columns)
  local widths = pandoc.List({})
  for share in (div.attributes.widths or ""):gmatch("%d+") do widths:insert(math.floor(tonumber(share) * PAGE / 100)) end
  for column = #widths + 1, columns do widths[column] = math.floor(PAGE / columns) end
  return widths
end

-- A row of a table; ``more`` are properties of its paragraphs.
local function row_of(row, styles, widths, properties, more)
  local parts, longest = { "" }, 0
  for column, cell in ipairs(row.cells) do
    local inlines = #cell.contents > 0 and cell.contents[1].content or pandoc.Inlines({})
    local text = text_of(inlines, { cell = true })
    longest = math.max(longest, utf8.len((text:gsub("<[^>]*>", ""))))
    parts[#parts + 1] = '<w:tc><w:tcPr><w:tcW w:w="' .. widths[column] .. '" w:type="dxa"/></w:tcPr>'
      .. paragraph(styles[column], text, more) .. "</w:tc>"
  end
  if longest < WHOLE then properties = "<w:cantSplit/>" .. properties end
  parts[1] = "<w:tr>" .. (properties ~= "" and "<w:trPr>" .. properties .. "</w:trPr>" or "")
  return table.concat(parts) .. "</w:tr>"
end

local TABLE = '<w:tbl><w:tblPr><w:tblStyle w:val="ThreeLines"/><w:tblW w:w="%d" w:type="dxa"/><w:jc w:val="center"/><w:tblLayout w:type="fixed"/>'
  .. '<w:tblLook w:val="0620" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
  .. "</w:tblPr><w:tblGrid>%s</w:tblGrid>"

-- The head stands on every page; a short table stays whole, and of a long one the first and the last two rows.
local function table_of(div, tbl)
  local classes = div.classes
  local size = classes:includes("dense") and "Dense" or classes:includes("small") and "Small" or "Table"
  local heads, texts, grid, total, widths = {}, {}, {}, 0, widths_of(div, #tbl.colspecs)
  for column, width in ipairs(widths) do
    local number = tbl.colspecs[column][1] == pandoc.AlignRight and "Number" or ""
    heads[column], texts[column] = size .. "Head" .. number, size .. (number == "" and "Text" or number)
    total, grid[column] = total + width, '<w:gridCol w:w="' .. width .. '"/>'
  end
  local rows, keep = tbl.bodies[1].body, "<w:keepNext/>"
  local parts = { TABLE:format(total, table.concat(grid)), row_of(tbl.head.rows[1], heads, widths, "<w:tblHeader/>", keep) }
  for position, row in ipairs(rows) do
    local joined = position < #rows and (#rows < 8 or position == 1 or position == #rows - 1)
    parts[#parts + 1] = row_of(row, texts, widths, "", joined and keep)
  end
  return table.concat(parts) .. "</w:tbl>" .. paragraph("TableEnd", "")
end

local function exhibit_table(div)
  local tbl = div.content:find_if(function(block) return block.t == "Table" end)
  local use = div.attributes.use and use_of(div.attributes.use)
  local long, name = tbl.caption.long, bookmark(div.identifier)
  local inlines = #long > 0 and long[1].content or pandoc.Inlines({})
  local above = paragraph("TableCaption", marked(name, caption("lot", use, name, div.attributes.label, inlines)))
  return rawblock(above .. table_of(div, tbl)), false
end

local function exhibit_figure(figure)
  local image
  figure.content:walk({ Image = function(found) image = found end })
  local use, share = use_of(image.attributes.use), tonumber((image.attributes.width or "100%"):match("^(%d+)%%$"))
  local width = ("%.2fin"):format(PAGE / 1440 * share / 100)
  local picture = pandoc.Image({ pandoc.Str(use.alt) }, (use.file:gsub("%.svg$", ".png")), "", { width = width })
  local name = bookmark(use.id)
  local opening, closing = ends(name)
  local content = { pandoc.RawInline("openxml", opening), picture, pandoc.RawInline("openxml", closing) }
  local below = caption("lof", use, name, figure.attributes.label, figure.caption.long[1].content)
  local drawn = pandoc.Div({ pandoc.Para(content) }, pandoc.Attr("", {}, { ["custom-style"] = "Figure" }))
  return { drawn, rawblock(paragraph("ImageCaption", below)) }, false
end

-- ------------------------------------------------------------------------------------------------ headings and the rest

local function div(element)
  if element.identifier:find("^tbl:") then return exhibit_table(element) end
  if entries[element.classes[1]] then return element, false end
  if element.identifier ~= "" then element.identifier = bookmark(element.identifier) end
  if element.classes:includes("warning") then element.attributes["custom-style"] = "Warning" end
  return element
end

-- Chapters open a page, and so do the references, the first appendix and the long one.
local function opens_page(header)
  local appendix = header.classes:includes("appendix")
  local first = appendix and not seen_appendix
  seen_appendix = seen_appendix or appendix
  return header.level == 1 and (first or not appendix or header.identifier == "sec:provenance")
end

local function heading(header)
  local name, unlisted = bookmark(header.identifier), header.classes:includes("unlisted")
  if header.level < 3 and not unlisted then
    entries.contents:insert({ name = name, style = "TOC" .. header.level, text = stringify(header.content) })
  end
  local style = unlisted and "SmallHeading" or "Heading" .. header.level
  local more = opens_page(header) and "<w:pageBreakBefore/>"
  return rawblock(paragraph(style, marked(name, text_of(header.content)), more)), false
end

-- The question under a heading (a paragraph in italics) stays with what answers it.
local function questions(blocks)
  for position = 2, #blocks do
    local block = blocks[position]
    local asks = block.t == "Para" and #block.content == 1 and block.content[1].t == "Emph"
    if asks and blocks[position - 1].t == "Header" then
      blocks[position] = rawblock(paragraph("Question", text_of(block.content)))
    end
  end
  return blocks
end

-- ------------------------------------------------------------------------------------------------ cover and lists

local function raw_meta(text) return pandoc.MetaInlines({ pandoc.RawInline("openxml", text) }) end

local kinds  -- labels of the kinds of data, which become the file's keywords

-- Names the bookmarks of all uses, and writes the texts of the cover; pandoc gets title and author as plain text.
local function meta(document)
  common.meta(document)
  for _, use in ipairs(common.log) do
    bookmark("prov-" .. use.id)
    if use.label then names[use.label] = bookmark(use.id) end
  end
  local cover = {}
  for _, name in ipairs({ "title", "title-zh", "organisation", "date" }) do
    cover[name] = #document[name] > 0 and raw_meta(text_of(document[name])) or nil
  end
  for _, name in ipairs({ "author", "labels", "statement" }) do
    cover[name] = pandoc.List.map(document[name], function(inlines) return raw_meta(text_of(inlines)) end)
  end
  document.cover = cover
  document.title = stringify(document.title)
  document.author, document.lang = stringify(document.author), stringify(document.lang)
  kinds = pandoc.List.map(document.labels, stringify)
  return document
end

local function field(kind, more) return '<w:r><w:fldChar w:fldCharType="' .. kind .. '"' .. (more or "") .. "/></w:r>" end
local function code(text) return '<w:r><w:instrText xml:space="preserve"> ' .. text .. " </w:instrText></w:r>" end

-- The entries of a list: title, and the page as a field, which programs make anew when they open the file.
local function list_of(name)
  local parts = {}
  for _, entry in ipairs(entries[name]) do
    local opening = field("begin", ' w:dirty="true"') .. code("PAGEREF " .. entry.name .. " \\h") .. field("separate")
    local page = opening .. run("–", {}) .. field("end")
    local text = link_at(entry.name) .. runs(entry.text, {}) .. "<w:r><w:tab/></w:r>" .. page .. CLOSE
    parts[#parts + 1] = paragraph(entry.style, text)
  end
  return rawblock(#parts > 0 and table.concat(parts) or paragraph("BodyText", run("None.", {})))
end

-- The marks in the text become lists, when all that they name has been seen; only the contents have no heading there.
local function lists(document)
  local blocks = pandoc.Blocks({})
  for _, block in ipairs(document.blocks) do
    local name = block.t == "Div" and block.classes[1]
    if name == "contents" then
      blocks:insert(rawblock(paragraph("TOCHeading", run("Contents", {}), "<w:pageBreakBefore/>")))
    end
    blocks:insert(entries[name] and list_of(name) or block)
  end
  document.blocks = blocks
  document.meta.keywords = kinds:map(function(label) return pandoc.MetaInlines({ pandoc.Str(label) }) end)
  return document
end

return {
  { Meta = meta },
  {
    traverse = "topdown",
    Blocks = questions,
    Div = div,
    Figure = exhibit_figure,
    Header = heading,
    Inlines = function(inlines) return written(inlines), false end,
  },
  { Pandoc = lists },
}
