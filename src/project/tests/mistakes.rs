//! Every mistake: its message, the text it points at, and what is proposed.

use super::parse;

const START: &str = "[project]\ncurrency = \"USD\"\n";
const SOURCE: &str = "[project]\ncurrency = \"USD\"\n[sources.erp]\nconnector = \"syspro\"\n";
const CONTROL: &str = "[project]\ncurrency = \"USD\"\n[sources.erp]\nconnector = \"syspro\"\n\
    [[controls]]\nsource = \"erp\"\nmonth = \"2025-03\"\nwhat = \"revenue\"\n";
const POOL: &str =
    "[project]\ncurrency = \"USD\"\n[[pools]]\nname = \"support\"\nwhere = \"true\"\ndriver = \"revenue\"\n";
const FEEDING: &str = "[project]\ncurrency = \"USD\"\n[[pools]]\nname = \"support\"\nwhere = \"true\"\ndriver = \"revenue\"\n\
    [[pools]]\nname = \"it\"\nwhere = \"true\"\n";

/// Checks the answer to a wrong file: what stands before, the wrong lines, message, place and hint.
#[track_caller]
fn check(before: &str, lines: &str, message: &str, place: &str, hint: &str) {
    let error = parse(&format!("{before}{lines}\n")).expect_err("the file is wrong");
    let found = error.place().expect("an error has a place");
    let found = &found.text[found.span.clone()];
    let hints = error.hints().join("; ");
    assert_eq!((error.message(), found, hints.as_str()), (message, place, hint));
}

#[test]
fn unknown_keys() {
    check(START, "nmae = 1", "unknown key `nmae` in `[project]`", "nmae", "did you mean `name`?");
    check(START, "[source.x]", "unknown key `source`", "source", "did you mean `sources`?");
    check(
        "",
        "currency = \"USD\"",
        "unknown key `currency`",
        "currency",
        "`currency` belongs into `[project]`",
    );
    let (message, hint) = ("unknown key `key` in `[customers]`", "there are `master`, `crosswalk`, `match`");
    check(START, "[customers]\nkey = 1", message, "key", hint);
    check(POOL, "drivers = 1", "unknown key `drivers` in `[[pools]]`", "drivers", "did you mean `driver`?");
    let message = "unknown key `metod` in `[allocation]`";
    check(START, "[allocation]\nmetod = 1", message, "metod", "did you mean `method`?");
    let (message, hint) = ("unknown key `currency` in `[margins]`", "`currency` belongs into `[project]`");
    check(START, "[margins]\ncurrency = 1", message, "currency", hint);
    check(START, "[ledger]\nx = 1", "unknown key `x` in `[ledger]`", "x", "there are `recognition`");
    let hint = "`fx` is a section of its own, beginning with `[fx]`";
    check(START, "fx = { rates = 1 }", "unknown key `fx` in `[project]`", "fx", hint);
    check(START, "[fx]\nrate = 1", "unknown key `rate` in `[fx]`", "rate", "did you mean `rates`?");
    check(CONTROL, "mount = 1", "unknown key `mount` in `[[controls]]`", "mount", "did you mean `amount`?");
}

#[test]
fn missing_keys() {
    check("", "", "`the project file` has no `project`", "", "add a line such as `[project]`");
    let hint = "add a line such as `currency = \"USD\"`";
    check("", "[project]\nname = \"x\"", "`[project]` has no `currency`", "[project]", hint);
    let hint = "add a line such as `connector = \"generic\"`";
    check(START, "[sources.x]", "`[sources.x]` has no `connector`", "[sources.x]", hint);
    let hint = "add a line such as `name = \"support\"`";
    check(START, "[[pools]]", "`[[pools]]` has no `name`", "[[pools]]", hint);
    let hint = "add a line such as `where = \"category LIKE 'support.%'\"`";
    check(START, "[[pools]]\nname = \"x\"", "`[[pools]]` has no `where`", "[[pools]]", hint);
    let hint = "add a line such as `amount = \"184220.15\"`";
    check(CONTROL, "", "`[[controls]]` has no `amount`", "[[controls]]", hint);
}

#[test]
fn what_toml_refuses() {
    check(
        "[project]\n",
        "currency = USD",
        "the project file is not valid TOML: string values must be quoted, \
        expected literal string",
        "USD",
        "texts stand in quotes, sections begin with `[name]`, lists with `[`",
    );
    check(START, "currency = \"EUR\"", "`currency` is given twice", "currency", "keep one of the two");
    check(SOURCE, "[sources.erp]", "`erp` is given twice", "erp", "keep one of the two");
    let hint = "a list of tables has two brackets: `[[pools]]`";
    check(START, "[pools]\nname = \"a\"\n[pools]", "`pools` is given twice", "pools", hint);
}

#[test]
fn values_of_another_sort() {
    let message = "`project.name` must be a text, not the number `7`";
    check(START, "name = 7", message, "7", "texts stand in quotes");
    let hint = "write a text, or leave the key out if it may be missing";
    check(START, "name = \" \"", "`project.name` is empty", "\" \"", hint);
    let message = "`customers` must be a section, not `x`";
    check("customers = \"x\"\n", START, message, "\"x\"", "begin it with `[customers]`");
    let message = "`project` is one section, not a list of them";
    check("", "[[project]]", message, "[[project]]", "begin it with `[project]`");
    let message = "`pools` must be a list of sections, not a table";
    check(START, "[pools]\nname = \"x\"", message, "[pools]", "begin each with `[[pools]]`");
    let message = "`pools` must be a list of sections, not the number `1`";
    check("pools = [1]\n", START, message, "1", "begin each with `[[pools]]`");
}

#[test]
fn values_of_the_project() {
    let message = "`project.currency` must be a currency of three capital letters, not `usd`";
    check("", "[project]\ncurrency = \"usd\"", message, "\"usd\"", "did you mean `USD`?");
    let message = "`project.currency` must be a currency of three capital letters, not `Dollar`";
    let hint = "write the code of the currency, such as `USD` or `CZK`";
    check("", "[project]\ncurrency = \"Dollar\"", message, "\"Dollar\"", hint);
    let message = "`project.fiscal_year_starts` must be a whole number from 1 to 12, not the number `13`";
    check(START, "fiscal_year_starts = 13", message, "13", "");
    let message = "`project.future_days_max` must be a whole number from 0 to 36500, not the number `-1`";
    check(START, "future_days_max = -1", message, "-1", "");
    let (message, hint) = ("unknown time zone `Europe/Prag`", "did you mean `Europe/Prague`?");
    check(START, "time_zone = \"Europe/Prag\"", message, "\"Europe/Prag\"", hint);
    let hint = "write a name such as `UTC` or `Europe/Prague`, or an offset such as `+02:00`";
    check(START, "time_zone = \"local time\"", "unknown time zone `local time`", "\"local time\"", hint);
    let message = "`project.as_of` must be a date such as \"2025-12-31\", not `2025-02-30`";
    check(START, "as_of = \"2025-02-30\"", message, "\"2025-02-30\"", "");
    let message = "`project.as_of` must be a date such as \"2025-12-31\", not the date `2025-01-31T10:00:00`";
    check(START, "as_of = 2025-01-31T10:00:00", message, "2025-01-31T10:00:00", "");
    parse(&format!("{START}time_zone = \"+02:00\"\n")).unwrap();
}

#[test]
fn names_of_sources() {
    let hint = "write `my_erp`";
    check(START, "[sources.\"My ERP\"]", "`My ERP` is no name for a source", "\"My ERP\"", hint);
    let hint = "choose another name";
    check(START, "[sources.2025]", "`2025` is no name for a source", "2025", hint);
    let hint = "name it after the system it comes from";
    check(START, "[sources.staged]", "a source cannot be named `staged`", "staged", hint);
}

#[test]
fn tables_and_options_of_sources() {
    let message = "`sources.erp.lines` must be a path, or a list of paths, not the number `1`";
    check(SOURCE, "lines = 1", message, "1", "texts stand in quotes");
    let message = "`sources.erp.lines` is an empty list";
    check(SOURCE, "lines = []", message, "[]", "name at least one, or leave the key out");
    let message = "`sources.erp.lines` names `a.csv` twice";
    let hint = "keep one of the two: its rows would count twice";
    check(SOURCE, "lines = [\"a.csv\", \"a.csv\"]", message, "\"a.csv\"", hint);
    let message = "`sources.erp.option` must be the path of a table's files, not a table";
    check(SOURCE, "option = { a = 1 }", message, "{ a = 1 }", "did you mean `options`?");
    let hint = "did you mean `connector`?";
    check(START, "[sources.x]\nconector = \"x\"", "`[sources.x]` has no `connector`", "conector", hint);
    let message = "`sources.erp.options.a` must be a text, a number, a date, true or false, or a list of them, not a table";
    check(SOURCE, "options = { a = { b = 1 } }", message, "{ b = 1 }", "");
    let message = "`sources.erp.options.currency` must be a currency of three capital letters, not `eur`";
    check(SOURCE, "options = { currency = \"eur\" }", message, "\"eur\"", "did you mean `EUR`?");
}

#[test]
fn customers() {
    let message = "`customers.master` names a source `crm` that is not in the project file";
    check(START, "[customers]\nmaster = \"crm\"", message, "\"crm\"", "add a section `[sources.crm]`");
    let message = "`customers.master` names a source `epr` that is not in the project file";
    check(SOURCE, "[customers]\nmaster = \"epr\"", message, "\"epr\"", "did you mean `erp`?");
    let hint = "there are `id`, `tax_id`, `domain`, `name`";
    check(START, "[customers]\nmatch = [\"phone\"]", "unknown match rule `phone`", "\"phone\"", hint);
    let message = "`customers.match` names `id` twice";
    check(START, "[customers]\nmatch = [\"id\", \"id\"]", message, "\"id\"", "keep the first");
    let message = "`customers.match` must be a list of rules, not `id`";
    let hint = "write for example match = [\"tax_id\", \"domain\"]";
    check(START, "[customers]\nmatch = \"id\"", message, "\"id\"", hint);
}

#[test]
fn pools() {
    let lines = "[[pools]]\nname = \"support\"";
    let hint = "give each its own name; a cost belongs to the first pool whose condition holds";
    check(POOL, lines, "there are two pools named `support`", "\"support\"", hint);
    let hint = "add a line such as `driver = \"handle_minutes\"`";
    let message = "pool `it` has `capacity_minutes` and no `driver`";
    check(FEEDING, "capacity_minutes = 1", message, "[[pools]]", hint);
    for (line, key) in [("driver = \"revenue\"", "driver"), ("capacity_minutes = 1", "capacity_minutes")] {
        let message = format!("pool `it` has both `feeds` and `{key}`");
        let lines = format!("feeds = {{ support = 1 }}\n{line}");
        check(FEEDING, &lines, &message, key, "keep one of the two");
    }
}

#[test]
fn capacities() {
    let message = "`pools.capacity_minutes` must be a number above zero, not the number `0`";
    check(POOL, "capacity_minutes = 0", message, "0", "");
    let message = "`pools.capacity_minutes.2025-01` must be a number above zero, not the number `-1.5`";
    check(POOL, "capacity_minutes = { 2025-01 = -1.5 }", message, "-1.5", "");
    let message = "`pools.capacity_minutes` must be a month such as `2025-03`, not `2025-13`";
    let hint = "write for example capacity_minutes = { 2025-01 = 3750, 2025-07 = 4000 }";
    check(POOL, "capacity_minutes = { 2025-13 = 1 }", message, "2025-13", hint);
    let hint = "write a number, or leave the key out if there is no idle capacity to show";
    check(POOL, "capacity_minutes = {}", "`pools.capacity_minutes` is empty", "{}", hint);
    let message = "`pools.capacity_minutes` has 7 decimals, at most 6 are kept";
    check(POOL, "capacity_minutes = 0.0000001", message, "0.0000001", "round it");
}

#[test]
fn feeds_of_pools() {
    let hint = "leave it out: what a department does for itself changes nothing";
    check(FEEDING, "feeds = { it = 1 }", "pool `it` feeds itself", "it", hint);
    let message = "pool `it` feeds `suport`, which is not a pool";
    check(FEEDING, "feeds = { suport = 1 }", message, "suport", "did you mean `support`?");
    let lines = "[[pools]]\nname = \"it\"\nwhere = \"true\"\nfeeds = { support = 1 }";
    let message = "pool `it` feeds `support`, which is not a pool";
    check(START, lines, message, "support", "add the pool that it feeds");
    let message = "`pools.feeds.support` must be a number above zero, not the number `0`";
    check(FEEDING, "feeds = { support = 0 }", message, "0", "");
    let hint = "name the pools that it serves, or give it a `driver` instead";
    check(FEEDING, "feeds = {}", "the `feeds` of pool `it` are empty", "{}", hint);
    let message = "`pools.feeds` must be a table of pools and proportions, not `support`";
    let hint = "write for example feeds = { support = 60, success = 40 }";
    check(FEEDING, "feeds = \"support\"", message, "\"support\"", hint);
}

#[test]
fn words() {
    let hint = "did you mean `step_down`?";
    check(
        START,
        "[allocation]\nmethod = \"stepdown\"",
        "unknown allocation method `stepdown`",
        "\"stepdown\"",
        hint,
    );
    let hint = "there are `posted`, `service_period`";
    check(START, "[ledger]\nrecognition = \"cash\"", "unknown recognition `cash`", "\"cash\"", hint);
    let message = "unknown part of a cost category `sucess`";
    check(START, "[margins]\nservice = [\"sucess\"]", message, "\"sucess\"", "did you mean `success`?");
    let message = "`margins.service` must be a list of parts, not `cogs`";
    let hint = "write for example service = [\"support\"]";
    check(START, "[margins]\nservice = \"cogs\"", message, "\"cogs\"", hint);
    let (message, hint) = ("`margins.service` is an empty list", "name at least one, or leave the key out");
    check(START, "[margins]\nservice = []", message, "[]", hint);
    let message = "`margins.service` names `cogs` twice";
    check(START, "[margins]\nservice = [\"cogs\", \"cogs\"]", message, "\"cogs\"", "keep one of the two");
}

#[test]
fn controls() {
    let amount = |text: &str| format!("amount = {text}");
    let advice = "write digits with a point for decimals, without blanks, commas and exponents";
    for (text, found) in
        [("\"1,5\"", "`1,5`"), ("1e5", "the number `1e5`"), ("nan", "the number `nan`"), ("\"12.\"", "`12.`")]
    {
        let message = format!("`controls.amount` must be an amount such as \"184220.15\", not {found}");
        check(CONTROL, &amount(text), &message, text, advice);
    }
    let message = "`controls.amount` has 5 decimals, at most 4 are kept";
    check(CONTROL, &amount("0.12345"), message, "0.12345", "round it");
    let lines =
        "amount = 1\n[[controls]]\nsource = \"erp\"\nmonth = \"2025-03\"\nwhat = \"revenue\"\namount = 2";
    let message = "there are two controls of `revenue` of `erp` for 2025-03";
    check(CONTROL, lines, message, "[[controls]]", "keep the one that is right");
    let source = "[[controls]]\nsource = \"erb\"";
    let message = "`controls.source` names a source `erb` that is not in the project file";
    check(SOURCE, source, message, "\"erb\"", "did you mean `erp`?");
    let month = "[[controls]]\nsource = \"erp\"\nwhat = \"costs\"\nmonth = \"2025-3\"";
    let message = "`controls.month` must be a month such as \"2025-03\", not `2025-3`";
    check(SOURCE, month, message, "\"2025-3\"", "");
    let what = "[[controls]]\nsource = \"erp\"\nmonth = \"2025-03\"\nwhat = \"revenues\"";
    let forms = "`revenue`, `costs`, `subscriptions`, a category such as `support.salaries`, or a column of the source's \
        files such as `ar_trn_detail.net_sales_value`";
    let message = format!("`controls.what` must be {forms}, not `revenues`");
    check(SOURCE, what, &message, "\"revenues\"", "did you mean `revenue`?");
    let what = "[[controls]]\nsource = \"erp\"\nmonth = \"2025-03\"\nwhat = \"suport.salaries\"";
    let message = format!("`controls.what` must be {forms}, not `suport.salaries`");
    check(SOURCE, what, &message, "\"suport.salaries\"", "did you mean `support`?");
    let what = "[[controls]]\nsource = \"erp\"\nmonth = \"2025-03\"\nwhat = \"support\"";
    let message = "`support` is a part of revenue and a part of costs";
    let hint = "say which of them: `revenue.support` or `costs.support`";
    check(SOURCE, what, message, "\"support\"", hint);
    let file = "ar_customer = \"a.csv\"\n[[controls]]\nsource = \"erp\"\nmonth = \"2025-03\"\nwhat = \"ar_customer.x\"\namount = 1";
    let message = "the total of a column of a file has no month";
    check(SOURCE, file, message, "\"2025-03\"", "leave out `month`: all rows of the file count");
}

#[test]
fn names_of_views() {
    let (message, hint) = ("`Customer P&L` is no name for a view", "write `customer_p_l`");
    check(START, "[views]\n\"Customer P&L\" = \"a.sql\"", message, "\"Customer P&L\"", hint);
    let message = "`views.a` must be the path of a SQL file, not the number `1`";
    check(START, "[views]\na = 1", message, "1", "texts stand in quotes");
}
