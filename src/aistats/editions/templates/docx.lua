-- What Markdown cannot say: which style of the reference document a paragraph has.

local STYLES = { Image = 'Figure', Strong = 'Event', Emph = 'Note' }

local function only(block)
  return block and block.t == 'Para' and #block.content == 1 and block.content[1] or {}
end

local function style_of(block, before)
  if only(block).t == 'Strong' and only(before).t == 'Image' then
    return 'Image Caption'
  end
  return STYLES[only(block).t]
end

local function styled(block, style)
  local inlines = style == 'Figure' and block.content or only(block).content
  return pandoc.Div({ pandoc.Para(inlines) }, { ['custom-style'] = style })
end

local function of_no_html(raw, text)
  if raw.format ~= 'html' then
    return raw
  end
  return raw.text:match('^<!%-%-') and {} or text
end

return {
  {
    -- The title stands above the document already.
    Pandoc = function(doc)
      local first = doc.blocks[1]
      if first and first.t == 'Header' and first.level == 1 then
        doc.blocks:remove(1)
      end
      return doc
    end,
  },
  {
    RawInline = function(raw)
      local is_break = raw.text:match('^<br */?>$')
      return of_no_html(raw, is_break and pandoc.LineBreak() or pandoc.Str(raw.text))
    end,
    RawBlock = function(raw)
      return of_no_html(raw, pandoc.Para(pandoc.Str(raw.text)))
    end,
    -- A picture on the network would be another one tomorrow.
    Image = function(image)
      if image.src:match('^%a+://') then
        return pandoc.Link(image.caption, image.src)
      end
    end,
    Header = function(header)
      header.level = math.max(1, header.level - 1)
      return header
    end,
  },
  {
    Pandoc = function(doc)
      local blocks = pandoc.Blocks({})
      for place, block in ipairs(doc.blocks) do
        local style = style_of(block, doc.blocks[place - 1])
        blocks:insert(style and styled(block, style) or block)
      end
      doc.blocks = blocks
      return doc
    end,
  },
}
