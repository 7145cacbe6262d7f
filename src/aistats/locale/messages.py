"""What is said of each kind of fault, in both languages.

The key is the `kind` of an :class:`aistats.faults.Fault`; ``{value}`` and ``{allowed}`` are filled
in from it. A new kind of fault is a new entry here, in both languages.
"""

from __future__ import annotations

MESSAGES: dict[str, dict[str, str]] = {
    # the file as a whole
    "no_file": {"zh": "找不到这个文件", "en": "there is no such file"},
    "folder": {"zh": "是文件夹，不是文件", "en": "is a folder and not a file"},
    "no_access": {"zh": "无法读取：{value}", "en": "cannot be read: {value}"},
    "encoding": {
        "zh": "不是{allowed}编码（第{value}个字节起）；请另存为UTF-8，"
        "或在Python中用encoding=指明编码",
        "en": "is not {allowed} (from byte {value}); save it as UTF-8, or in Python "
        "name the encoding with encoding=",
    },
    "encoding_like": {
        "zh": "不是UTF-8编码（第{value}个字节起），像是{allowed}；请另存为UTF-8，"
        "或在Python中用encoding=指明编码",
        "en": "is not UTF-8 (from byte {value}), it looks like {allowed}; save it as UTF-8, "
        "or in Python name the encoding with encoding=",
    },
    "codebook": {"zh": "编码手册有误：{value}", "en": "the codebook is wrong: {value}"},
    "json_missing": {"zh": "缺少{value}", "en": "{value} is missing"},
    "json_text": {
        "zh": "{allowed}应为文字，而不是{value}",
        "en": "{allowed} must be a text, not {value}",
    },
    "json_full_text": {
        "zh": "{allowed}应为非空的文字，而不是{value}",
        "en": "{allowed} must be a text that is not empty, not {value}",
    },
    "json_flag": {
        "zh": "{allowed}应为true或false，而不是{value}",
        "en": "{allowed} must be true or false, not {value}",
    },
    "json_scalar": {
        "zh": "{allowed}应为文字、数或true、false，而不是{value}",
        "en": "{allowed} must be a text, a number, true or false, not {value}",
    },
    "json_choice": {
        "zh": "{allowed}不可能是{value}",
        "en": "{allowed} cannot be {value}",
    },
    "json_count": {
        "zh": "{allowed}应为整数，而不是{value}",
        "en": "{allowed} must be a whole number, not {value}",
    },
    "json_list": {
        "zh": "{allowed}应为列表，而不是{value}",
        "en": "{allowed} must be a list, not {value}",
    },
    "json_object": {
        "zh": "{allowed}应为对象，而不是{value}",
        "en": "{allowed} must be an object, not {value}",
    },
    "resource_path": {
        "zh": "“{value}”不能用作数据文件的路径；应写本文件夹之内的相对路径，如events.csv或"
        "2025/events.csv：各段以“/”分隔，首尾没有空格，不以点开头或结尾，不含控制字符和"
        '< > : " \\ | ? *，也不是Windows的保留名（如CON），每段不超过200字节',
        "en": "“{value}” cannot be the path of a data file; write a relative path inside this "
        "folder, such as events.csv or 2025/events.csv: its parts are separated by “/”, have no "
        "space at either end, no dot at either end, no control character, none of "
        '< > : " \\ | ? *, are no name that Windows reserves (such as CON) and have at most 200 '
        "bytes",
    },
    "resource_twice": {
        "zh": "“{value}”与“{allowed}”占用同一个位置；每个表须有自己的文件",
        "en": "“{value}” takes the place of “{allowed}”; each table needs a file of its own",
    },
    "link_outside": {
        "zh": "是指向数据文件夹之外的链接；请把文件本身放进文件夹",
        "en": "is a link that leads out of the data folder; put the file itself there",
    },
    "empty_file": {"zh": "文件为空；应有表头：{allowed}", "en": "is empty; expected: {allowed}"},
    "csv": {"zh": "不是合规的CSV：{value}", "en": "is not well-formed CSV: {value}"},
    "csv_open": {
        "zh": "不是合规的CSV：从这里开始的一行中，有单元格以引号开头，却没有结尾的引号",
        "en": "is not well-formed CSV: in the row that starts here, a cell opens with a quote that "
        "is never closed",
    },
    "csv_quote": {
        "zh": '不是合规的CSV：单元格在引号之后还有文字；单元格里的引号要写两遍（""）',
        "en": "is not well-formed CSV: a quoted cell goes on after its closing quote; a quote in "
        'a cell is written twice ("")',
    },
    "csv_long": {
        "zh": "有单元格超过13万个字符；前面可能有一个引号没有结尾",
        "en": "has a cell of more than 131,000 characters; perhaps a quote is never closed",
    },
    "separator": {
        "zh": "各列似以“{value}”分隔；应以逗号分隔",
        "en": "its columns seem to be separated by “{value}”; expected commas",
    },
    # its header and rows
    "missing_column": {
        "zh": "缺少“{value}”列；应有：{allowed}",
        "en": "has no column “{value}”; expected: {allowed}",
    },
    "unknown_column": {
        "zh": "不认识“{value}”列；可用：{allowed}",
        "en": "unknown column “{value}”; allowed: {allowed}",
    },
    "unknown_heading": {
        "zh": "不认识“{value}”列；可用：{allowed}；不必登记的列，请用--ignore 列名略去",
        "en": "unknown column “{value}”; allowed: {allowed}; to leave a column out, add "
        "--ignore COLUMN",
    },
    "duplicate_column": {
        "zh": "“{value}”列出现不止一次",
        "en": "column “{value}” appears more than once",
    },
    "torn_line": {
        "zh": "本行有{value}个单元格；应有{allowed}个",
        "en": "number of cells: {value}; expected: {allowed}",
    },
    # its values
    "empty": {"zh": "不可为空", "en": "must not be empty"},
    "missing": {"zh": "不可为空；应填：{allowed}", "en": "must not be empty; expected: {allowed}"},
    "space": {
        "zh": "“{value}”首尾有空格；请删去",
        "en": "“{value}” has a space at its start or end; remove it",
    },
    "control": {
        "zh": "“{value}”中有控制字符；请删去",
        "en": "“{value}” has a control character in it; remove it",
    },
    "twice": {
        "zh": "“{value}”中有重复的值",
        "en": "“{value}” names a value twice",
    },
    "level": {
        "zh": "“{value}”不在可选值之列；可用：{allowed}",
        "en": "“{value}” is not a known level; allowed: {allowed}",
    },
    "pattern": {
        "zh": "“{value}”不合格式；应符合：{allowed}",
        "en": "“{value}” has the wrong form; it must match: {allowed}",
    },
    "duplicate": {
        "zh": "“{value}”重复；首见于第{allowed}行，每行须不同",
        "en": "“{value}” is a duplicate of line {allowed}; it must be unique",
    },
    "apart": {
        "zh": "“{value}”与报道时间窗“{allowed}”不相交，请核对",
        "en": "“{value}” lies outside the reporting window “{allowed}”; look again",
    },
    "window": {
        "zh": "“{value}”不是该章节的时间窗；coverage表中为{allowed}",
        "en": "“{value}” is not the window of its section; the coverage table has {allowed}",
    },
    "date_text": {
        "zh": "须与date同时填写或同时留空",
        "en": "must be filled where date is filled, and only there",
    },
    "planned_for": {
        "zh": "“{value}”：只有status为announced的事件才填计划时间",
        "en": "“{value}”: only an event whose status is announced is planned for a time",
    },
    "no_edition": {
        "zh": "来源“{value}”不在任何一期中；如要发布，请在editions.csv中加上",
        "en": "the source “{value}” is in no edition; to publish it, add it to editions.csv",
    },
    "own_baseline": {
        "zh": "“{value}”不能以自己为对照期；请写以往各期的标签",
        "en": "“{value}” cannot be its own baseline; name earlier editions",
    },
    "unpublished": {
        "zh": "“{value}”这一期没有发布在此处；改按现有数据对照",
        "en": "the edition “{value}” is not published here; it is compared as the data has it now",
    },
    "link": {
        "zh": "“{value}”没有对应的行；应为{allowed[0]}中的值：{allowed[1]}",
        "en": "“{value}” has no matching row; it must be a value of {allowed[0]}: {allowed[1]}",
    },
    # its dates: the reasons of dates.parse_edtf
    "not_edtf": {
        "zh": "“{value}”不是EDTF日期；可写：2025-12-02、2025-12、2025-12-15~"
        "或2025-12-01/2025-12-06",
        "en": "“{value}” is not an EDTF date; write 2025-12-02, 2025-12, 2025-12-15~ "
        "or 2025-12-01/2025-12-06",
    },
    "impossible": {
        "zh": "日历上没有“{value}”这一天；年份须在0001至9999之间",
        "en": "“{value}” is not a day of the calendar; years go from 0001 to 9999",
    },
    "reversed": {
        "zh": "“{value}”的止日早于起日；应写：起日/止日",
        "en": "“{value}” ends before it starts; write start/end",
    },
    "open": {
        "zh": "“{value}”没有写明起日或止日；区间两端都须写明",
        "en": "“{value}” has an open end; both ends of an interval must be given",
    },
    "set": {
        "zh": "“{value}”是一组日期；应写一个日期或一个区间",
        "en": "“{value}” is a set of dates; write one date or one interval",
    },
    "season": {
        "zh": "“{value}”是季节，南北半球不同；应写月份或区间",
        "en": "“{value}” is a season, which depends on the hemisphere; write months or an interval",
    },
    "approximate": {
        "zh": "“{value}”中表示“约”的符号（~或%）只可用于“日”；月或年请写成区间",
        "en": "“{value}” marks a month or year as approximate (~ or %), which only a day may be; "
        "write an interval",
    },
    "zone": {
        "zh": "“{value}”带有时区；请只写日期",
        "en": "“{value}” has a time zone; write the day alone",
    },
    # the edition
    "edition": {
        "zh": "没有“{value}”这一期；已有：{allowed}",
        "en": "there is no edition “{value}”; there are: {allowed}",
    },
    "parameter": {
        "zh": "没有“{value}”这个参数；可用：{allowed}",
        "en": "there is no parameter “{value}”; allowed: {allowed}",
    },
    "parameter_form": {
        "zh": "“{value}”不合格式；应写：名称=值",
        "en": "“{value}” has the wrong form; write name=value",
    },
    "parameter_twice": {
        "zh": "“{value}”重复指定；只能写一次",
        "en": "“{value}” is given more than once; give it once",
    },
    "parameter_type": {
        "zh": "“{value}”的类型不对；应为{allowed}",
        "en": "“{value}” has the wrong type; expected {allowed}",
    },
    "no_notebooks": {"zh": "这里没有笔记本", "en": "holds no notebooks"},
    "notebook_name": {
        "zh": "文件名应为数字、连字符加名称，名称各不相同，如{allowed}",
        "en": "must be named number-name.ipynb, each name its own, such as {allowed}",
    },
    "notebook_title": {
        "zh": "缺少{allowed}标题：应有标记为{allowed}、以“# ”开头的文字单元格",
        "en": "has no title in {allowed}: a prose cell tagged {allowed} must start with “# ”",
    },
    "exhibit": {
        "zh": "图{allowed}“{value}”：本期另有一图用了这个编号或名称；"
        "每个show的number和name都要与其他图不同",
        "en": "figure {allowed}, “{value}”: another of this edition has that number or that name; "
        "each show() needs number and name of its own",
    },
    "exhibit_name": {
        "zh": "图{allowed}的名称“{value}”不能用作文件名；show的name应为字母、数字或汉字，"
        "可用“-”或“_”相连，如timeline；不超过200字节，也不是Windows的保留名（如CON）",
        "en": "the name of figure {allowed}, “{value}”, cannot be that of a file; name= of show() "
        "must be letters and digits, joined by “-” or “_”, such as timeline, of at most 200 bytes "
        "and no name that Windows reserves (such as CON)",
    },
    "notebook_form": {"zh": "不是合规的笔记本：{value}", "en": "is not a notebook: {value}"},
    "published_parameters": {
        "zh": "这一期已以其他参数发布；请用--reports另选文件夹，或把参数写入editions.csv",
        "en": "is published with other parameters; choose another folder with --reports, or write "
        "the parameters into editions.csv",
    },
    "notebook": {
        "zh": "第{allowed}个单元格运行出错：{value}",
        "en": "cell {allowed} failed: {value}",
    },
    "kernel": {"zh": "内核中断：{value}", "en": "the kernel died: {value}"},
    "no_events": {
        "zh": "“{value}”期还没有事件；请先在此登记该期来源的事件",
        "en": "has no event of the edition “{value}” yet; add those of its sources first",
    },
    "edition_exists": {
        "zh": "已有“{value}”期；各期：{allowed}",
        "en": "there is an edition “{value}” already; there are: {allowed}",
    },
    "edition_label": {
        "zh": "“{value}”不能用作期号；应符合：{allowed}",
        "en": "“{value}” cannot be the label of an edition; it must match: {allowed}",
    },
    "label": {
        "zh": "“{value}”不能用作期号，因为期号也是文件夹名；应为字母、数字或汉字，"
        "可用“-”或“_”相连，如2025-12；不超过200字节，也不是Windows的保留名（如CON）",
        "en": "“{value}” cannot be the label of an edition, which names a folder; it must be "
        "letters and digits, joined by “-” or “_”, such as 2025-12, of at most 200 bytes and no "
        "name that Windows reserves (such as CON)",
    },
    "label_alike": {
        "zh": "“{value}”与第{allowed}行的期号相同，或只差大小写，会占用同一个文件夹",
        "en": "“{value}” is the label of line {allowed}, or differs from it in case alone; both "
        "would be one folder",
    },
    "first_edition": {
        "zh": "还没有任何一期，无从续起；请手工登记第一期",
        "en": "has no edition to follow; write the first one by hand",
    },
    "window_needed": {
        "zh": "“{value}”不是年月，无法推定覆盖的日期；请用--window写明，如2026-01-01/2026-01-10",
        "en": "“{value}” names no month, so which days are covered must be given: "
        "--window 2026-01-01/2026-01-10",
    },
    "source_covered": {
        "zh": "来源“{value}”的时间窗已登记为{allowed}；如需更改，请改coverage表",
        "en": "the windows of the source “{value}” are there already: {allowed}; to change them, "
        "edit the coverage table",
    },
    "section_name": {
        "zh": "“{value}”不能用作章节名：不可为空，不可含“·”，也不可重复",
        "en": "“{value}” cannot be the name of a section: not empty, without “·”, and only once",
    },
    "busy": {
        "zh": "另一个生成任务正在进行，等它结束",
        "en": "another build is at work here; waiting for it",
    },
    "no_manifest": {
        "zh": "不是aistats生成的一期：没有可用的manifest.json",
        "en": "is no edition that aistats made: it has no manifest.json of one",
    },
    "manifest_path": {
        "zh": "“{value}”不可能是这一期的文件或输入，因为它不在这一期之内；清单不是aistats生成的，"
        "没有核对任何文件",
        "en": "“{value}” can be no file or input of an edition, as it does not lie inside one; the "
        "manifest was not made by aistats, and no file was checked",
    },
    "glyph": {"zh": "字体里没有这个字：{value}", "en": "the font has no glyph for: {value}"},
    # another's table
    "columns_needed": {
        "zh": "dates=、lists=、precision=、header=、skip=和skip_torn=用于读取别人的表格，"
        "须同时写明columns=",
        "en": "dates=, lists=, precision=, header=, skip= and skip_torn= are for tables by others; "
        "give columns= too",
    },
    "date_order": {
        "zh": "dates=“{value}”不在可选值之列；可用：{allowed}",
        "en": "dates= cannot be “{value}”; allowed: {allowed}",
    },
    "empty_separator": {
        "zh": "lists=“{value}”：分隔符不可为空",
        "en": "lists= “{value}”: a separator cannot be empty",
    },
    "no_codebook": {
        "zh": '旁边没有{value}；如是别人的表格，请指明各列：columns={{"date": "列名"}}'
        "（命令行用aistats convert --map date=列名）；"
        "列名已是date，或start与end，或year、month与day的，写columns={{}}即可",
        "en": "has no {value} beside it; if it is another's table, name its columns: "
        'columns={{"date": "…"}} (aistats convert --map date=…), or say columns={{}} if they are '
        "called date, or start and end, or year, month and day already",
    },
    "no_encoding": {
        "zh": "没有“{value}”这种编码；可用：{allowed}",
        "en": "there is no encoding “{value}”; allowed: {allowed}",
    },
    "encoding_none": {
        "zh": "看不出是什么编码（第{value}个字节起不是UTF-8，也不像{allowed}）；"
        "请用encoding=（命令行用--encoding）指明",
        "en": "is in no encoding that can be told (from byte {value} it is no UTF-8, nor does it "
        "look like {allowed}); name it: encoding= (--encoding)",
    },
    "encoding_several": {
        "zh": "可读作{value}，无从判断；请用encoding=（命令行用--encoding）指明编码",
        "en": "can be read as {value}, and nothing tells which; name the encoding: encoding= "
        "(--encoding)",
    },
    "not_header": {
        "zh": "不像表头（只有{value}个列名）；请指明表头所在行：header={allowed}"
        "（命令行用--header {allowed}）；如就是本行，也请写明",
        "en": "does not look like the header (cells with a name: {value}); say on which line it "
        "stands: header={allowed} (--header {allowed}), or this line if it is one",
    },
    "short_header": {
        "zh": "只有{value}个列名，而下面各行都有{allowed}个单元格；请补上缺少的列名"
        "（R的write.table不写行名那一列的名称），或指明表头所在行：header=（命令行用--header）",
        "en": "has {value} names, and every row below has {allowed} cells; write the name that is "
        "missing (R's write.table gives none to row names), or say on which line the header "
        "stands: header= (--header)",
    },
    "no_line": {
        "zh": "没有从这里开始的行；请核对header=和skip=（命令行用--header和--skip）",
        "en": "no row starts here; look again at header= and skip= (--header and --skip)",
    },
    "torn": {
        "zh": "本行有{value}个单元格，表头有{allowed}个；请改正，或跳过这样的行：skip_torn=True"
        "（命令行用--skip-torn）",
        "en": "number of cells: {value}, in the header: {allowed}; correct it, or skip such lines: "
        "skip_torn=True (--skip-torn)",
    },
    "note": {
        "zh": "整行只有“{value}”，像是附注；如不是数据，请跳过这一行：skip=（命令行用--skip）",
        "en": "holds only “{value}”, as a note would; if it is no row, skip it: skip= (--skip)",
    },
    "no_column": {
        "zh": "没有“{value}”这一列；现有：{allowed}",
        "en": "there is no column “{value}”; there are: {allowed}",
    },
    "mapped_twice": {
        "zh": "“{value}”列有不止一个新名称：{allowed}",
        "en": "column “{value}” is given more than one name: {allowed}",
    },
    "one_name": {
        "zh": "不止一列会叫“{value}”：{allowed}；请用columns=（命令行用--map）为其余各列另取名称",
        "en": "more than one column would be “{value}”: {allowed}; name the others otherwise with "
        "columns= (--map)",
    },
    "added_name": {
        "zh": "“{value}”是读取后才有的列；请用columns=（命令行用--map）为原有的这一列另取名称",
        "en": "“{value}” is a column that reading adds; name the one that is there otherwise with "
        "columns= (--map)",
    },
    "days_differ": {
        "zh": "“{value}”与date不符（应为“{allowed}”）；"
        "如另有所指，请用columns=（命令行用--map）为这一列另取名称",
        "en": "“{value}” is not what date says (“{allowed}”); if it means something else, name the "
        "column otherwise with columns= (--map)",
    },
    "no_when": {
        "zh": '不知哪一列是日期；请指明：columns={{"date": "列名"}}（命令行用--map date=列名）；'
        "现有：{allowed}",
        "en": 'which column says when? name it: columns={{"date": "…"}} (--map date=…); '
        "there are: {allowed}",
    },
    "two_ways": {
        "zh": "日期只能取自一处，这里指明了几处：{value}",
        "en": "the date is to come from several places: {value}; name one",
    },
    "unreadable": {
        "zh": "无法把“{value}”读作日期；可写：2025-12-02、2025-12或2025-12-01/2025-12-06；"
        "如本行不是数据，请删去，或在读取时跳过：read_events的skip="
        "（命令行用aistats convert --skip）",
        "en": "“{value}” cannot be read as a date; write 2025-12-02, 2025-12 or "
        "2025-12-01/2025-12-06; if the line is no row, remove it, or skip it: skip= of read_events "
        "(aistats convert --skip)",
    },
    "no_year": {
        "zh": "“{value}”没有写明年份；请写全，如2025-12-02",
        "en": "“{value}” names no year; write it in full, as in 2025-12-02",
    },
    "no_month": {
        "zh": "“{value}”没有写明年份和月份；请写全，如2025-12-02",
        "en": "“{value}” names no year and month; write it in full, as in 2025-12-02",
    },
    "more_faults": {
        "zh": "自此另有{value}处也有误，不再列出",
        "en": "wrong from here on: {value} more",
    },
    "order_unknown": {
        "zh": "“{value}”可读作{allowed}，没有一行能定夺；请改写为其中之一，或在读取时指明顺序："
        'read_events与count_files的dates="dmy"（日月年）或"mdy"（月日年），'
        "命令行用aistats convert与aistats count的--dates",
        "en": "“{value}” can be {allowed}, and no row tells which; write the one that is meant, or "
        'say the order: dates="dmy" or "mdy" of read_events and count_files (--dates of aistats '
        "convert and aistats count)",
    },
    "order_mixed": {
        "zh": "有的日期只能是日月年，有的只能是月日年，请统一：",
        "en": "some dates can only be day, month, year, others only month, day, year; write all "
        "in one order:",
    },
    "order_stated": {
        "zh": "“{value}”照{allowed}读，不是日历上的一天",
        "en": "“{value}”, read as {allowed}, is not a day of the calendar",
    },
    "two_digit_year": {
        "zh": '“{value}”的年份只有两位；请写全，或指明：dates="dmyy"、"mdyy"或"yymd"，'
        "即69至99为19××年，00至68为20××年（命令行用--dates）",
        "en": '“{value}” has a year of two digits; write it in full, or say dates="dmyy", '
        '"mdyy" or "yymd" (--dates): 69 to 99 are then 19xx, 00 to 68 are 20xx',
    },
    "serial": {
        "zh": "“{value}”像是Excel的日期序号，依工作簿的设置可为{allowed}；"
        '请在Excel中设为日期格式，或指明：dates="excel"（命令行用--dates excel）',
        "en": "“{value}” looks like the number that Excel has for a day, which can be {allowed} by "
        'the settings of the workbook; format the cells as dates, or say dates="excel" '
        "(--dates excel)",
    },
    "precision_code": {
        "zh": "“{value}”不是已知的精度代码；可用：{allowed}",
        "en": "“{value}” is not a known code of precision; allowed: {allowed}",
    },
    "precision_codes": {
        "zh": '不知“{value}”列的代码各是什么意思；请指明：precision={{"1": "day", …}}'
        "（命令行用--precision 1=day）",
        "en": 'what do the codes of column “{value}” mean? say precision={{"1": "day", …}} '
        "(--precision 1=day)",
    },
    "precision_column": {
        "zh": '不知哪一列是精度代码；请指明：columns={{"precision": "列名"}}'
        "（命令行用--map precision=列名）",
        "en": "which column has the codes of precision? name it: "
        'columns={{"precision": "…"}} (--map precision=…)',
    },
    "precision_unit": {
        "zh": "“{value}”不是精度；可用：{allowed}",
        "en": "“{value}” is not a precision; allowed: {allowed}",
    },
    "no_range": {
        "zh": "精度代码说的是一段日子，这里却只有“{value}”；"
        "请另行指明代码的意思：precision=（命令行用--precision）",
        "en": "the code says a range of days, and there is only “{value}”; say what else the code "
        "means: precision= (--precision)",
    },
    "list_of_dates": {
        "zh": "“{value}”列是日期，不能作多值列读取；请从lists=（命令行用--list）中删去",
        "en": "column “{value}” is a date and cannot be a list; leave it out of lists= (--list)",
    },
    "not_json": {
        "zh": "“{value}”不是JSON列表；应写：{allowed}",
        "en": "“{value}” is not a JSON list; write {allowed}",
    },
    "in_list": {
        "zh": "“{value}”中有分号，而写出的列表以分号分隔；请改用其他符号",
        "en": "“{value}” has a semicolon in it, which separates the values of lists that are "
        "written; use another sign",
    },
    "own_input": {
        "zh": "就是要读取的文件，不能覆盖；请另选一个",
        "en": "is the file to read and is not written over; choose another",
    },
    # rows to add
    "workbook": {
        "zh": "不是能打开的xlsx工作簿（{value}）；如是其他格式，请另存为xlsx或CSV UTF-8",
        "en": "is not a workbook (.xlsx) that can be opened ({value}); if it is of another kind, "
        "save it as .xlsx or as CSV UTF-8",
    },
    "workbook_old": {
        "zh": "是旧版Office文件（xls）；请在Excel中另存为xlsx或CSV UTF-8",
        "en": "is a file of an older Office (.xls); save it in Excel as .xlsx or as CSV UTF-8",
    },
    "workbook_locked": {
        "zh": "工作簿设有密码；请在Excel中取消密码后另存",
        "en": "is locked with a password; save it without one",
    },
    "sheets": {
        "zh": "不知该读哪个工作表：{value}；请把要读的那个命名为{allowed}",
        "en": "several sheets could be meant: {value}; name the right one {allowed}",
    },
    "merged": {
        "zh": "{value}是合并单元格；请取消合并，并逐格填写",
        "en": "{value} are merged cells; unmerge them and fill each",
    },
    "cell_error": {
        "zh": "单元格显示错误值{value}；请改正",
        "en": "the cell shows the error {value}; correct it",
    },
    "formula": {
        "zh": "公式没有计算结果；请在Excel中打开并保存，或粘贴为数值",
        "en": "the formula has no result; open and save the file in Excel, or paste values",
    },
    "source_needed": {
        "zh": "没有写明来源；请填写，或用--source 名称指定；已有：{allowed}",
        "en": "names no source; fill it in, or add --source NAME; there are: {allowed}",
    },
    "source_unknown": {
        "zh": "没有“{value}”这个来源；请改正，或用--source 名称指定；已有：{allowed}",
        "en": "there is no source “{value}”; correct it, or add --source NAME; there are: "
        "{allowed}",
    },
    "no_source": {
        "zh": "--source：没有“{value}”这个来源；已有：{allowed}；新的来源先用aistats new登记",
        "en": "--source: there is no source “{value}”; there are: {allowed}; register a new one "
        "with aistats new first",
    },
    "id_there": {
        "zh": "“{value}”已登记在{allowed}，但以下各列不同；如要更改，请直接编辑该文件",
        "en": "“{value}” is in {allowed} already, with other cells; to change them, edit that file",
    },
    "event_there": {
        "zh": "已登记在{allowed}，编号为“{value}”，但以下各列不同；如要更改，请直接编辑该文件",
        "en": "is in {allowed} already as “{value}”, with other cells; to change them, edit that "
        "file",
    },
    "row_there": {
        "zh": "这一行已登记在{allowed}，编号却不同（“{value}”）；请删去",
        "en": "the same row is in {allowed} already, under another name than “{value}”; remove it",
    },
    "id_twice": {
        "zh": "“{value}”与{allowed}的编号相同；每行须不同",
        "en": "“{value}” is the name of {allowed} too; each row needs its own",
    },
    "row_twice": {
        "zh": "与{allowed}完全相同；请删去一行",
        "en": "is the same as {allowed}; remove one of them",
    },
    "similar": {
        "zh": "“{value}”与{allowed}相似，可能是同一件事",
        "en": "“{value}” is much like {allowed}; it may be the same event",
    },
    "changed_since": {
        "zh": "在此期间被改动过，没有写入；请再试一次",
        "en": "has been changed meanwhile and was not written; try again",
    },
    "file_there": {
        "zh": "已有这个文件；如要覆盖，请加--force",
        "en": "is there already; to write over it, add --force",
    },
    "file_ending": {
        "zh": "文件名应以{allowed}结尾",
        "en": "must have a name that ends in {allowed}",
    },
    "cell_length": {
        "zh": "有{value}个字符，而工作簿的一格最多容纳{allowed}个；请改为写入CSV文件",
        "en": "has {value} characters, but a cell of a workbook holds {allowed}; write a CSV file",
    },
    # files of any size
    "no_tables": {
        "zh": "这里没有CSV或Parquet文件",
        "en": "has no CSV or Parquet file",
    },
    "not_scanned": {
        "zh": "是工作簿，不能直接计数；请先转换：aistats convert",
        "en": "is a workbook, which is not counted as it is; convert it first: aistats convert",
    },
    "archive": {
        "zh": "是{value}压缩文件；请先解压（可直接读的压缩格式：gzip、Zstandard）",
        "en": "is packed as {value}; unpack it first (gzip and Zstandard are read as they are)",
    },
    "not_a_table": {"zh": "不是CSV或Parquet", "en": "is neither CSV nor Parquet"},
    "pipe": {
        "zh": "不是普通文件，无法重复读取；请先存成文件",
        "en": "is not a regular file and cannot be read twice; save it as a file first",
    },
    "cut_short": {
        "zh": "文件不完整：结尾缺失",
        "en": "was cut short: its end is missing",
    },
    "no_header": {
        "zh": "第一行不像表头：“{value}”是数字；请先加上一行列名",
        "en": "the first line does not look like a header: “{value}” is a number; add a line with "
        "the names of the columns",
    },
    "two_kinds": {
        "zh": "与{allowed}格式不同；一次只能统计CSV或Parquet中的一种",
        "en": "is of another kind than {allowed}; count either CSV or Parquet at a time",
    },
    "not_utf8": {
        "zh": "不是UTF-8编码；请先转换：aistats convert，或iconv -t UTF-8",
        "en": "is not UTF-8; convert it first: aistats convert, or iconv -t UTF-8",
    },
    "not_utf8_like": {
        "zh": "不是UTF-8编码，像是{value}；请先转换：aistats convert，或iconv -f {value} -t UTF-8",
        "en": "is not UTF-8, it looks like {value}; convert it first: aistats convert, or "
        "iconv -f {value} -t UTF-8",
    },
    "line_not_utf8": {
        "zh": "本行不是UTF-8编码；请把文件转换为UTF-8",
        "en": "is not UTF-8; convert the file",
    },
    "line_long": {
        "zh": "本行超过{allowed}字节；前面可能有一个引号没有结尾",
        "en": "is longer than {allowed} bytes; perhaps a quote is never closed",
    },
    "line_ends": {
        "zh": "换行符与前面各行不同；请统一整个文件的换行符（如用dos2unix）",
        "en": "ends in another way than the lines above; write all line ends alike (dos2unix)",
    },
    "header_differs": {
        "zh": "表头与{allowed[0]}不同：这里是“{value}”，那里是“{allowed[1]}”；"
        "各文件的列及其次序须相同",
        "en": "its header has “{value}” where that of {allowed[0]} has “{allowed[1]}”; all files "
        "must have the same columns in the same order",
    },
    "header_longer": {
        "zh": "比{allowed}多一列：“{value}”；各文件的列及其次序须相同",
        "en": "has a column more than {allowed}: “{value}”; all files must have the same columns "
        "in the same order",
    },
    "header_shorter": {
        "zh": "比{allowed}少一列：“{value}”；各文件的列及其次序须相同",
        "en": "has a column less than {allowed}: “{value}”; all files must have the same columns "
        "in the same order",
    },
    "header_other": {
        "zh": "与{allowed[0]}的列不同：“{value}”只在其中一个文件里；"
        "各文件的列须相同（{allowed[1]}）",
        "en": "its columns differ from those of {allowed[0]}: only one of them has “{value}”; all "
        "files must have the same ({allowed[1]})",
    },
    "names_alike": {
        "zh": "列名只有大小写之别：{value}；请改名",
        "en": "has names that differ in case alone: {value}; rename them",
    },
    "no_date_column": {
        "zh": "没有“date”这一列；请指明日期所在的列：date=（命令行用--date）；现有：{allowed}",
        "en": "there is no column “date”; say which one has the dates: date= (--date); there are: "
        "{allowed}",
    },
    "no_table": {
        "zh": "不是表，而是{value}；请传入pandas的表，文件可用read_coverage或pd.read_csv读取",
        "en": "is a {value} and no table; hand in a pandas table, such as read_coverage or "
        "pd.read_csv gives",
    },
    "no_coverage_dates": {
        "zh": "不知覆盖哪些日期：应有date列，或start与end两列，"
        "或window列（旁边须有说明它的编码手册）；现有：{allowed}",
        "en": "which days are covered? expected: a column date, or start and end, or window with "
        "the codebook that describes it; there are: {allowed}",
    },
    "no_folder": {
        "zh": "没有“{value}”这个文件夹；请先创建",
        "en": "there is no folder “{value}”; make it first",
    },
    "not_writable": {
        "zh": "文件夹“{value}”不可写入；请另选一个",
        "en": "nothing can be written into the folder “{value}”; choose another",
    },
    "undated": {
        "zh": "有{value}行没有日期；请填写，或不计这些行（统计文件时用where=，命令行用--where）",
        "en": "rows without a date: {value}; fill them in, or leave them out (of files with "
        "where=, --where)",
    },
    "undated_windows": {
        "zh": "有{value}行没有写明覆盖哪些日期；请填写或删去",
        "en": "rows that do not say which days are covered: {value}; fill them in or remove them",
    },
    "too_distinct": {
        "zh": "有{value}个不同的值，各列的组合超过{allowed}种；请选择更粗的分组",
        "en": "has {value} distinct values, and the columns more than {allowed} combinations; "
        "count by something coarser",
    },
    "too_many_cells": {
        "zh": "完整的表会有{value}行，超过{allowed}行；如只要有事件的行，请用complete=False"
        "（命令行用--only-observed）",
        "en": "the complete table would have {value} rows, more than {allowed}; for those with "
        "events alone, say complete=False (--only-observed)",
    },
    "tz_needed": {
        "zh": "“{value}”列的时间带有时区；请指明按哪个时区的日期计算：tz=（命令行用--tz），"
        "如Asia/Shanghai",
        "en": "the times in column “{value}” carry a zone; say whose days are meant: tz= (--tz), "
        "such as UTC",
    },
    "no_zone": {
        "zh": "没有“{value}”这个时区；应写成Asia/Shanghai这样的形式",
        "en": "there is no time zone “{value}”; write one such as Europe/Paris",
    },
    "tz_unused": {
        "zh": "没有带时区的时间戳列可用“{value}”换算；文字中的日期按所写的那一天计",
        "en": "no column of dates has time stamps with a zone for “{value}” to convert; in text, "
        "the day is the one that is written",
    },
    "no_period": {
        "zh": "“{value}”不是可用的时段；可用：{allowed}",
        "en": "“{value}” is not a period that can be counted by; allowed: {allowed}",
    },
    "period_needed": {
        "zh": "{value}只用于按时段统计；请指明时段：period=（命令行用--period）",
        "en": "{value}: for counts by period alone; name one: period= (--period)",
    },
    "no_window": {
        "zh": "between=（命令行用--between）须写首日与末日，日期或EDTF均可，如2025-12与2026-01-15；"
        "这里是：{value}",
        "en": "between= (--between) takes a first and a last day, as days or EDTF texts, such as "
        "2025-12 and 2026-01-15; here is: {value}",
    },
    "date_columns": {
        "zh": "日期最多取自两列（起日与止日），这里写了：{value}",
        "en": "the date comes from one column, or from two, start and end; here are: {value}",
    },
    "counts_name": {
        "zh": "“{value}”是统计结果自己的列名，不能按它分组；请先改名",
        "en": "“{value}” is a column of the counts themselves and cannot be counted by; rename it",
    },
    "by_form": {
        "zh": "by=须为列名或列名的列表；这里是：{value}",
        "en": "by= takes a column or a list of columns; here is: {value}",
    },
    "dates_order": {
        "zh": "dates=（命令行用--dates）不可为“{value}”；可用：{allowed}",
        "en": "dates= (--dates) cannot be “{value}”; allowed: {allowed}",
    },
    "where": {
        "zh": "条件“{value}”不能用：应为针对各列的一个SQL表达式，文本用单引号（region = 'CN'）；"
        "CSV中各列都是文本（CAST(deaths AS INTEGER) > 10）；现有的列：{allowed}；DuckDB说：",
        "en": "the condition “{value}” cannot be used: write one SQL expression over the columns, "
        "texts in single quotes (region = 'CN'); in a CSV every column is text "
        "(CAST(deaths AS INTEGER) > 10); there are: {allowed}; DuckDB says:",
    },
    "where_value": {
        "zh": "条件在某一行上执行失败（CSV中各列都是文本；可改用TRY_CAST）；DuckDB说：",
        "en": "the condition fails on some row (all columns of a CSV are text; try TRY_CAST); "
        "DuckDB says:",
    },
    "nothing_to_split": {
        "zh": "“{value}”列不是文本，无须拆分；请去掉lists=（命令行去掉--list）",
        "en": "column “{value}” holds no text to split; leave out lists= (--list)",
    },
    "engine": {"zh": "DuckDB无法读取：{value}", "en": "DuckDB cannot read this: {value}"},
    # tables to count
    "numbers": {
        "zh": "这一列是数字，不是日期；20251202之类的写法，请用read_events或count_files读取",
        "en": "holds numbers, not dates; spellings such as 20251202 are read by read_events and "
        "count_files",
    },
    "no_level": {
        "zh": "列表中的值不能用来分组：列表里只能是文字、数字等单个的值",
        "en": "has a list of what cannot be counted by: a list may hold texts, numbers and the "
        "like, each a single value",
    },
    "counts_no_numbers": {
        "zh": "counts=须为整数列，而这一列不是",
        "en": "is no column of whole numbers, as counts= takes",
    },
    "no_count": {
        "zh": "“{value}”不是事件数；counts=所指的列只能是零或正整数",
        "en": "“{value}” is no number of events; the column of counts= holds whole numbers, zero "
        "or more",
    },
    "too_many_events": {
        "zh": "事件总数超过2的53次方，无法精确计数",
        "en": "stands for more than 2**53 events, which cannot be counted exactly",
    },
    "engine_groups": {
        "zh": "所用的引擎不能按这些列分组：{value}",
        "en": "the engine cannot group by these columns: {value}",
    },
    # how a fault is put together
    "line": {"zh": "第{line}行", "en": "{unit} {line}"},
    "column": {"zh": "{column}列", "en": "column {column}"},
    "times": {"zh": "（共{n}行）", "en": " ({n})"},
    # a counts table
    "no_row": {
        "zh": "不是一行，而是{value}；请给出计数表中的一行，如counts.iloc[0]",
        "en": "is a {value} and no row; hand in one row of the counts table, such as "
        "counts.iloc[0]",
    },
    "lists_as_text": {
        "zh": "计数时这一列的单元格是列表，而这里的事件没有列表，所以会漏掉事件；"
        "请先把列表读出来（read_events的lists=）",
        "en": "cells of this column were counted as lists, but these events have none there, so "
        "events would be missed; read them with lists= of read_events",
    },
    "total_unknown": {
        "zh": "有些行的取值是“{value}”；这些行若是合计，请写total=True，若是一个普通的取值，"
        "请写total=False",
        "en": "there are rows with the level “{value}”: say total=True if they hold the events of "
        "all groups, total=False if it is a level like any other",
    },
    "groups_unknown": {
        "zh": "这张表没有记录按哪些列分组（存成文件、merge、改列名之后，这一信息就丢了）；"
        "请先写明：as_counts(table, by=[…])，没有分组列就写by=[]；如有取值互相重叠的列或合计行，"
        "再加overlapping=、total=；表中的列：{allowed}",
        "en": "the table does not record which of its columns are groups (files, merge and new "
        "names for columns lose that); say so with as_counts(table, by=[…]), or by=[] if there are "
        "none, and with overlapping= and total= where levels overlap or rows are totals; its "
        "columns are: {allowed}",
    },
    "overlap_unknown": {
        "zh": "表中记录：同一事件在“{value}”列可有多项，而by=未列出这一列；请用overlapping="
        "写明现在哪些分组列如此，没有就写overlapping=[]",
        "en": "the table records that an event may have several levels of “{value}”, which is not "
        "in by=; name the groups of which that is true now with overlapping=, or say "
        "overlapping=[]",
    },
    "no_choice": {
        "zh": "没有“{value}”这一项；可用：{allowed}",
        "en": "“{value}” is not one of: {allowed}",
    },
    "not_one": {
        "zh": "{value}应当只有一个，而这里有：{allowed}",
        "en": "must have one {value}, and has: {allowed}",
    },
    "several_groups": {
        "zh": "{value}这一时段不止一行；请只给一个组，或不分组（不写by=）计数",
        "en": "has more than one row for the period {value}; hand in one group, or count without "
        "by=",
    },
    "links_length": {
        "zh": "有{value}个链接，而表有{allowed}行",
        "en": "{value} for a table of {allowed} rows",
    },
    "none_given": {"zh": "没有给出任何表", "en": "no table is given"},
    "no_results": {
        "zh": "不是compare_periods或growth_rate返回的表",
        "en": "is no table that compare_periods or growth_rate returned",
    },
    "one_growth_row": {
        "zh": "应为growth_rate结果中的一行，而这里有{value}行",
        "en": "must be one row of growth rates, such as growth.head(1), not {value} rows",
    },
    "one_row_of": {
        "zh": "应为{value}结果中的一行，如table.iloc[0]",
        "en": "must be one row of what {value} returned, such as table.iloc[0]",
    },
    "no_such_level": {
        "zh": "计数表里没有“{value}”这一组",
        "en": "the counts have no group “{value}”",
    },
    "no_group": {
        "zh": "没有名为“{value}”的分组列；可用：{allowed}",
        "en": "there is no group column “{value}”; there are: {allowed}",
    },
    "result_name": {
        "zh": "“{value}”是结果表自己的列名，不能用来分组；请改名",
        "en": "“{value}” is a name of the table of results and cannot be a group; rename it",
    },
    "no_groups": {
        "zh": "没有分组列；计数时请用by=指明",
        "en": "no group column; count by= one",
    },
    "not_one_group": {
        "zh": "应当只有一个分组列，而这里是{value}；请先用regroup归并",
        "en": "must have one group column, not {value}; regroup it first",
    },
    "not_by_period": {
        "zh": "没有“period”列；请按时段计数，如period='week'；需要的列：{allowed}",
        "en": "no column “period” (count with period=, such as period='week'); needed: {allowed}",
    },
    "rows_repeat": {
        "zh": "{allowed[1]}行中有{allowed[0]}行的{value}与前面的重复；每组每个时段只能有一行；"
        "要去掉分组列，请在该列还在时用regroup归并",
        "en": "{value} repeat in {allowed[0]} of {allowed[1]} rows, and each group and period has "
        "one; to leave a group out, regroup the table that has its column",
    },
    "exposure_differs": {
        "zh": "{value}这一时段，各组的{allowed}不一致",
        "en": "the groups of the period {value} differ in {allowed}",
    },
    "periods_apart": {
        "zh": "时段须首尾相接，而{value}不在任何时段中；计数时请用complete=True",
        "en": "periods must follow on each other; {value} is in none (count with complete=True)",
    },
    "periods_overlap": {
        "zh": "时段须首尾相接，而{value}在两个时段中",
        "en": "periods must follow on each other; {value} is in two",
    },
    "group_without_row": {
        "zh": "有的组在某个时段没有行；计数时请用complete=True",
        "en": "a group has no row in a period; count with complete=True",
    },
    "no_days": {
        "zh": "period列的类型是{value}，不是日期",
        "en": "period holds {value}, not days",
    },
    "no_whole_number": {
        "zh": "第{allowed[0]}行的{value}有误：应为零或正整数",
        "en": "{value} in row {allowed[0]}: must be a whole number, zero or more",
    },
    "more_than": {
        "zh": "第{allowed[0]}行的{value}有误：大于{allowed[1]}",
        "en": "{value} in row {allowed[0]}: is more than {allowed[1]}",
    },
    "less_than": {
        "zh": "第{allowed[0]}行的{value}有误：小于{allowed[1]}",
        "en": "{value} in row {allowed[0]}: is less than {allowed[1]}",
    },
    "holds_total": {
        "zh": "“{value}”列已有合计“(all)”；请先去掉合计行",
        "en": "“{value}” holds the total “(all)” already; leave its rows out",
    },
    "level_called_all": {
        "zh": "“{value}”列有一项就叫“(all)”，与合计同名；请改名。若它本来就是合计，请写明："
        "as_counts(table, by=[…], total=True)",
        "en": "“{value}” has a level that is itself called “(all)”, as a total is; rename it, or "
        "if it is a total, say so with as_counts(table, by=[…], total=True)",
    },
    "levels_overlap": {
        "zh": "同一事件在“{value}”列可有多项，每项各计一次，相加得不出事件数；要得到事件数，"
        "请在计数时不按“{value}”分组",
        "en": "an event may have several levels of “{value}” and counts in each, so they do not "
        "add up to a number of events; for that, count the events without by=“{value}”",
    },
    "no_integer": {"zh": "“{value}”：应为整数", "en": "“{value}”: must be an integer"},
    "not_at_least_1": {"zh": "{value}：至少应为1", "en": "{value}: must be at least 1"},
    "no_counts_table": {"zh": "“{value}”不是条数表", "en": "“{value}” is no counts table"},
    "nothing_covered": {
        "zh": "所有时段都没有覆盖，无从得知哪些是新出现的",
        "en": "none of its periods is covered, so no level is known to be new",
    },
    "no_such_period": {
        "zh": "没有“{value}”这个时段；各时段的首日：{allowed}",
        "en": "“{value}”: no such period; the first days are {allowed}",
    },
    "names_no_period": {
        "zh": "“{value}”不是时段：{allowed}",
        "en": "“{value}” names no period: {allowed}",
    },
    "periods_with_gap": {
        "zh": "“{value}”中的时段不连续",
        "en": "“{value}”: its periods do not follow on each other",
    },
    "no_covered_day": {
        "zh": "“{value}”没有覆盖的日子，算不出每日条数",
        "en": "“{value}”: no covered day, so no rate",
    },
    "sides_overlap": {
        "zh": "current和baseline都包括{value}这一时段",
        "en": "current and baseline overlap in period {value}",
    },
    "levels_wanted": {
        "zh": "除“count”外应有{allowed}个分组列，而这里是{value}",
        "en": "number of group columns needed beside “count”: {allowed}, not {value}",
    },
    "no_cube": {
        "zh": "这张表不带各日期组合的条数（来自文件、由counts=汇总、合并而来，或是累计数、"
        "检验结果）；请直接对事件计数",
        "en": "the table does not carry its counts by date (it was read from a file, added up from "
        "counts=, or merged, or holds running totals or results); count the events themselves",
    },
    "other_level": {
        "zh": "“{value}”不是计数时的分组值，无法追溯到各日期组合；请在计数之前改写分组值",
        "en": "“{value}” is no level that was counted, so its counts by date are not known; change "
        "levels before counting",
    },
    "other_cube": {
        "zh": "这张表的数字在计数之后改动过，与所带的各日期组合不符；请重新计数",
        "en": "the numbers are not those that were counted, so the counts by date do not belong to "
        "them; count again",
    },
    "running_total": {
        "zh": "这一行是累计数，不只属于一个时段；请改用按时段统计的表中的一行",
        "en": "the row is a running total, of more than one period; take a row of the counts by "
        "period",
    },
    "running_totals": {
        "zh": "这张表是累计数，每一行都含此前各时段的条数；请改用按时段统计的表",
        "en": "the rows are running totals, which hold the events of earlier periods too; hand in "
        "the counts by period",
    },
    "head": {"zh": "{n}处有误：", "en": "{n} {faults}:"},
}
