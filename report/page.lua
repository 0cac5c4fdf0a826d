-- Draws for Typst what pandoc does not know: values that lead to their row of the provenance table, numbered figures
-- with alternative text, tables that keep to the page, and the language of Chinese words. The log of uses comes as
-- metadata "uses" (path of a JSON file).

local common = dofile(pandoc.path.join({ pandoc.path.directory(PANDOC_SCRIPT_FILE), "common.lua" }))
local is_chinese, use_of, stringify = common.is_chinese, common.use_of, pandoc.utils.stringify

local function raw(text) return pandoc.RawInline("typst", text) end
local function rawblock(text) return pandoc.RawBlock("typst", text) end

local function quoted(text) return '"' .. text:gsub("\\", "\\\\"):gsub('"', '\\"') .. '"' end

-- Inlines as content that a function of the template takes.
local function within(open, inlines, close)
  return pandoc.Inlines({ raw(open) }) .. inlines .. pandoc.Inlines({ raw(close or "]") })
end

-- ------------------------------------------------------------------------------------------------ Chinese runs

-- Typst would print these as other signs: three points, a hyphen before a digit or "?", quotes that are set already.
local SHORTHANDS = { "%.%.%.", "%-[%d?]", "%-$", "\xe2\x80[\x98\x99\x9c\x9d]" }

-- A text for Typst as a string where that alone keeps it as it is.
local function literal(text)
  for _, shorthand in ipairs(SHORTHANDS) do
    if text:find(shorthand) then return raw("#" .. quoted(text) .. ";") end
  end
  return pandoc.Str(text)
end

-- A word with Chinese signs as runs, the Chinese ones marked with their language. A word that no line holds may break.
local function runs(str)
  if #str.text > 40 and str.text:find("^[%g]+$") and not str.text:find("[/-]") then
    return pandoc.Str((str.text:gsub(("."):rep(20), "%0\u{200b}")))
  end
  if not str.text:find("[\xe2-\xf0.-]") then return nil end  -- most words: nothing to do
  local parts, run, mode = pandoc.Inlines({}), {}, nil
  local function flush()
    if #run > 0 then
      local text = table.concat(run)
      parts:insert(mode and raw("#zh(" .. quoted(text) .. ")") or literal(text))
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

-- "#none;" keeps "= 0.012" from standing at the beginning of a line, where it would be a heading.
local function value(span) return within("#val(" .. quoted(use_of(span.identifier).id) .. ")[#none;", span.content) end

local function sentence(span)
  return within("#sentence(" .. quoted(use_of(span.identifier).id) .. ")[#none;", span.content)
end

local function span(element)
  local classes = element.classes
  if classes:includes("val") then return value(element) end
  if classes:includes("sentence") then return sentence(element) end
  if classes:includes("label") then return within("#exhibit-label(none)[", element.content) end
  if classes:includes("kind") then return within("#kind[", element.content) end
  if classes:includes("number") then return within("#number[", element.content, "\u{2002}]") end
  if classes:includes("zh") then return within("#chinese-title[", element.content) end
  if classes:includes("txt") or classes:includes("lit") then return element.content end
end

-- ------------------------------------------------------------------------------------------------ exhibits

-- A call with the caption as its first content; "name" is the use that the label leads to, or none.
local function captioned(call, name, label, inlines, close)
  return pandoc.Plain(within(call .. "[#exhibit-label(" .. name .. ")[" .. label .. "]", inlines, close))
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
  local small, dense = tostring(div.classes:includes("small")), tostring(div.classes:includes("dense"))
  local code = "#exhibit-table(%d, small: %s, dense: %s, whole-rows: %s)"
  local call, name = code:format(rows, small, dense, tostring(longest < MOST)), use and quoted(use.id) or "none"
  local blocks = rows > 4 and pandoc.Blocks({ rawblock("#room") }) or pandoc.Blocks({})
  blocks:extend({ captioned(call, name, div.attributes.label, inlines, "]["), tbl, rawblock("]<" .. div.identifier .. ">") })
  return blocks
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
  return table_typst(div, tbl, use, inlines)
end

local function figure_typst(figure, image, use, inlines)
  local call = "#exhibit-figure(%s, %s, %s)"
  call = call:format(quoted("/" .. image.src), quoted(use.alt), image.attributes.width or "100%")
  return captioned(call, quoted(use.id), figure.attributes.label, inlines, "]<" .. figure.identifier .. ">")
end

local function exhibit_figure(figure)
  local image
  figure.content:walk({ Image = function(found) image = found end })
  local use = use_of(image.attributes.use)
  local inlines = pandoc.Inlines(figure.caption.long[1].content)
  return figure_typst(figure, image, use, inlines)
end

-- ------------------------------------------------------------------------------------------------ the rest

-- Divs that Typst draws by a function of the template.
local DRAWN = { warning = "#warning-box[", ["csl-entry"] = "#reference[", chinese = "#chinese-text[" }

-- Contents: Typst makes them. Lists of exhibits: with the number of the page on paper.
local function listed(div)
  local name = div.classes[1]
  if name == "contents" then return { rawblock("#contents") } end
  if name ~= "lof" and name ~= "lot" then return nil end
  local lines = pandoc.Blocks({})
  for _, item in ipairs(div.content[1].t == "BulletList" and div.content[1].content or {}) do
    local link = item[1].content[1]
    lines:insert(pandoc.Plain(within("#entry(" .. quoted(link.target:sub(2)) .. ")[", link.content)))
  end
  return #lines > 0 and lines or nil
end

local function drawn(div)
  local name = div.classes[1]
  if not DRAWN[name] then return nil end
  local blocks = pandoc.Blocks({ rawblock(DRAWN[name]) })
  blocks:extend(div.content)
  blocks:insert(rawblock("]" .. (div.identifier ~= "" and "<" .. div.identifier .. ">" or "")))
  return blocks
end

-- An accessible PDF wants a text for each formula: its source.
local function formula(math)
  return within("#formula(" .. quoted(math.text) .. ", ", { math }, ")")
end

-- What stands before a heading of the first level: abstract and summary have their pages,
-- everything else opens a page only where little of one is left (chapter-room of the template).
local function opening(header)
  if header.identifier == "sec:abstract" or header.identifier == "sec:summary" then return "#pagebreak(weak: true)" end
  return header.classes:includes("appendix") and "#room" or "#chapter-room"
end

local function running_head(header)
  if header.level > 1 then return nil end
  local words, skipping = pandoc.Inlines({}), false
  for _, inline in ipairs(header.content) do  -- the Chinese title is left out
    skipping = skipping or (inline.t == "RawInline" and inline.text == "#chinese-title[")
    if not skipping then words:insert(inline) end
    skipping = skipping and not (inline.t == "RawInline" and inline.text == "]")
  end
  return { rawblock(opening(header)), header, pandoc.Plain(within("#running.update([", words, "])")) }
end

-- The question under a heading (a paragraph in italics) goes to the next page with what answers it.
local function questions(document)
  local blocks = document.blocks
  for position = 2, #blocks do
    local block = blocks[position]
    local asks = block.t == "Para" and #block.content == 1 and block.content[1].t == "Emph"
    if asks and blocks[position - 1].t == "Header" then
      blocks[position] = pandoc.Plain(within("#question[", block.content))
    end
  end
  document.blocks = blocks
  return document
end

return {
  { Meta = common.meta },
  { Str = runs, Math = formula, Cite = function(cite) return cite.content end, Span = span },
  { Pandoc = questions },
  { Div = function(div) return listed(div) or drawn(div) or exhibit_table(div) end, Figure = exhibit_figure, Header = running_head },
}
