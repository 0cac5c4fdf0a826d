-- Numbers chapters, sections, tables and figures ("Table 4.2") and resolves @tbl:, @fig: and @sec: before citeproc
-- sees them. A reference to nothing, or two things of one name, is an error.
-- A div .lof or .lot becomes the list of figures or of tables.
-- Chapters count headings of level 1; .appendix counts in letters; .unnumbered is not counted ("S" for its exhibits).

local stringify = pandoc.utils.stringify
local numbers = {}                      -- identifier -> text of a reference to it
local counts = { 0, 0, 0, 0 }           -- current chapter, section, ...
local chapter, appendix = "", 0         -- "4", "A", "S"
local exhibits = { Table = 0, Figure = 0 }
local lists = { lof = pandoc.List({}), lot = pandoc.List({}) }  -- entries of the lists of figures and of tables

local function name(identifier, text)
  if identifier == "" then return end
  if numbers[identifier] then error("the name " .. identifier .. " stands twice; allowed: once in a report") end
  numbers[identifier] = text
end

local function open_chapter(header)
  exhibits = { Table = 0, Figure = 0 }
  counts = { counts[1], 0, 0, 0 }
  if header.classes:includes("unnumbered") then
    chapter = "S"
    return nil, stringify(header.content)
  elseif header.classes:includes("appendix") then
    appendix = appendix + 1
    chapter = string.char(64 + appendix)
    return "Appendix " .. chapter, "Appendix\u{a0}" .. chapter
  end
  counts[1] = counts[1] + 1
  chapter = tostring(counts[1])
  return "Chapter " .. chapter, "Chapter\u{a0}" .. chapter
end

local function open_section(header)
  if header.classes:includes("unnumbered") or chapter == "S" then return nil, stringify(header.content) end
  local level = header.level
  counts[level] = counts[level] + 1
  for deeper = level + 1, 4 do counts[deeper] = 0 end
  local number = chapter .. "." .. table.concat(counts, ".", 2, level)
  return number, "Section\u{a0}" .. number
end

local function exhibit(kind, identifier)
  exhibits[kind] = exhibits[kind] + 1
  local label = kind .. "\u{a0}" .. chapter .. "." .. exhibits[kind]
  name(identifier, label)
  return label
end

-- An entry of a list: number and caption as one link; marks of kind and citations stay with the caption.
local function enter(list, identifier, label, caption)
  local function content(span) return span.classes:includes("kind") and {} or span.content end
  local plain = pandoc.Inlines(caption):walk({ Span = content, Cite = function() return {} end, Link = content })
  local number = pandoc.Span({ pandoc.Str(label) }, pandoc.Attr("", { "label" }))
  local words = pandoc.Inlines({ number, pandoc.Space() }) .. plain
  lists[list]:insert({ pandoc.Plain({ pandoc.Link(words, "#" .. identifier, "", { class = "entry" }) }) })
end

local function caption_of(div)
  for _, block in ipairs(div.content) do
    if block.t == "Table" and #block.caption.long > 0 then return block.caption.long[1].content end
  end
  return {}
end

local count = {
  traverse = "topdown",
  Header = function(header)
    local number, reference
    if header.level == 1 then number, reference = open_chapter(header) else number, reference = open_section(header) end
    name(header.identifier, reference)
    if number then
      local span = pandoc.Span({ pandoc.Str(number .. "\u{2002}") }, pandoc.Attr("", { "number" }))
      header.content = pandoc.Inlines({ span }) .. header.content
    end
    return header
  end,
  Div = function(div)
    if div.identifier:match("^tbl:") then
      div.attributes.label = exhibit("Table", div.identifier)
      enter("lot", div.identifier, div.attributes.label, caption_of(div))
      return div
    end
  end,
  Figure = function(figure)
    if figure.identifier ~= "" then
      figure.attributes.label = exhibit("Figure", figure.identifier)
      enter("lof", figure.identifier, figure.attributes.label, figure.caption.long[1].content)
      return figure
    end
  end,
}

local resolve = {
  Div = function(div)
    local list = lists[div.classes[1]]
    if list then
      div.content = #list > 0 and { pandoc.BulletList(list) } or { pandoc.Para({ pandoc.Str("None.") }) }
      return div
    end
  end,
  Cite = function(cite)
    local inlines, ours = pandoc.Inlines({}), 0
    for index, citation in ipairs(cite.citations) do
      if citation.id:match("^tbl:") or citation.id:match("^fig:") or citation.id:match("^sec:") then
        ours = ours + 1
        local text = numbers[citation.id]
        if not text then error("unresolved reference @" .. citation.id .. ": nothing in the report has this name") end
        if index > 1 then inlines:extend({ pandoc.Str(","), pandoc.Space() }) end
        inlines:extend(citation.prefix)
        if #citation.prefix > 0 then inlines:insert(pandoc.Space()) end
        inlines:insert(pandoc.Link({ pandoc.Str(text) }, "#" .. citation.id, "", { class = "ref" }))
        inlines:extend(citation.suffix)
      end
    end
    if ours == 0 then return nil end
    if ours < #cite.citations then error("one bracket holds a reference and a citation: " .. stringify(cite.content)) end
    return inlines
  end,
}

return { count, resolve }
