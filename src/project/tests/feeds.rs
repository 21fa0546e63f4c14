//! The shares of service departments, by worked examples of textbooks and by their laws.

use rust_decimal::{Decimal, RoundingStrategy};

use super::parse;
use crate::project::Project;

/// A textbook example: maintenance and a general factory serve each other, cutting and sewing.
const FACTORY: &str = r#"
[project]
currency = "USD"
[[pools]]
name = "maintenance"
where = "department = 'M'"
feeds = { general = 10, cutting = 45, sewing = 45 }
[[pools]]
name = "general"
where = "department = 'G'"
feeds = { maintenance = 2500, cutting = 5000, sewing = 8500 }
[[pools]]
name = "cutting"
where = "department = 'C'"
driver = "revenue"
[[pools]]
name = "sewing"
where = "department = 'S'"
driver = "revenue"
[allocation]
"#;

fn factory(method: &str) -> Project {
    parse(&format!("{FACTORY}method = \"{method}\"\n")).unwrap()
}

fn share(project: &Project, from: &str, to: &str) -> Decimal {
    let feed = project.effective_feeds.iter().find(|feed| feed.from_pool == from && feed.to_pool == to);
    feed.map_or(Decimal::ZERO, |feed| feed.share)
}

/// What a department with direct cost of its own has after maintenance of 100,000 and general cost of 270,000.
fn total(project: &Project, department: &str, direct: i64) -> String {
    let total = Decimal::from(direct)
        + Decimal::from(100_000) * share(project, "maintenance", department)
        + Decimal::from(270_000) * share(project, "general", department);
    total.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero).to_string()
}

fn totals(project: &Project) -> [String; 2] {
    [total(project, "cutting", 56_400), total(project, "sewing", 75_000)]
}

#[test]
fn direct_leaves_out_what_departments_do_for_each_other() {
    assert_eq!(totals(&factory("direct")), ["206400.00", "295000.00"]);
}

#[test]
fn reciprocal_solves_the_equations() {
    let project = factory("reciprocal");
    assert_eq!(totals(&project), ["210288.89", "291111.11"]);
    assert_eq!(share(&project, "maintenance", "cutting").to_string(), "0.488888888888888889");
    assert_eq!(share(&project, "maintenance", "sewing").to_string(), "0.511111111111111111");
}

#[test]
fn step_down_goes_in_the_order_of_the_file() {
    // Maintenance first: the general factory then has 280,000, of which 5,000 of 13,500 parts go to cutting.
    assert_eq!(totals(&factory("step_down")), ["205103.70", "296296.30"]);
    // The general factory first: maintenance then has 142,187.50, which goes half and half.
    let (maintenance, rest) = FACTORY.split_once("[[pools]]\nname = \"general\"").unwrap();
    let (start, maintenance) = maintenance.split_once("[[pools]]").unwrap();
    let (general, rest) = rest.split_once("[[pools]]").unwrap();
    let content = format!(
        "{start}[[pools]]\nname = \"general\"{general}[[pools]]{maintenance}[[pools]]{rest}method = \"step_down\"\n"
    );
    let project = parse(&content).unwrap();
    assert_eq!(totals(&project), ["211868.75", "289531.25"]);
}

#[test]
fn shares_add_to_exactly_one() {
    for method in ["direct", "step_down", "reciprocal"] {
        let project = factory(method);
        for from in ["maintenance", "general"] {
            let feeds = project.effective_feeds.iter().filter(|feed| feed.from_pool == from);
            let sum: Decimal = feeds.map(|feed| feed.share).sum();
            assert_eq!(sum.to_string(), "1.000000000000000000", "{from}, {method}");
        }
    }
}

/// A project of pools, each given by name and feeds; without feeds it has a driver.
fn pools(pools: &[(&str, &str)], method: &str) -> String {
    let mut content = "[project]\ncurrency = \"USD\"\n".to_owned();
    for (name, feeds) in pools {
        let last = match *feeds {
            "" => "driver = \"revenue\"".to_owned(),
            feeds => format!("feeds = {{ {feeds} }}"),
        };
        content.push_str(&format!("[[pools]]\nname = \"{name}\"\nwhere = \"true\"\n{last}\n"));
    }
    format!("{content}[allocation]\nmethod = \"{method}\"\n")
}

#[test]
fn the_rest_goes_to_the_largest_share_and_the_first_of_several() {
    let feeds = "a = 1, b = 1, c = 1";
    let project = parse(&pools(&[("it", feeds), ("a", ""), ("b", ""), ("c", "")], "direct")).unwrap();
    let shares = ["a", "b", "c"].map(|name| share(&project, "it", name).to_string());
    assert_eq!(shares, ["0.333333333333333334", "0.333333333333333333", "0.333333333333333333"]);
    let feeds = "a = 1, b = 1, c = 4";
    let project = parse(&pools(&[("it", feeds), ("a", ""), ("b", ""), ("c", "")], "direct")).unwrap();
    let shares = ["a", "b", "c"].map(|name| share(&project, "it", name).to_string());
    assert_eq!(shares, ["0.166666666666666667", "0.166666666666666667", "0.666666666666666666"]);
}

#[test]
fn proportions_may_have_decimals_and_add_to_anything() {
    let project = parse(&pools(&[("it", "a = 0.1, b = \"0.30\""), ("a", ""), ("b", "")], "direct")).unwrap();
    assert_eq!(share(&project, "it", "a").to_string(), "0.250000000000000000");
}

#[test]
fn a_chain_of_departments_ends_in_the_last_pool() {
    let chain = [("a", "b = 1"), ("b", "c = 1"), ("c", "d = 1"), ("d", "")];
    for method in ["step_down", "reciprocal"] {
        let project = parse(&pools(&chain, method)).unwrap();
        assert_eq!(project.effective_feeds.len(), 3, "only pools with a driver are targets");
        assert!(project.effective_feeds.iter().all(|feed| feed.to_pool == "d" && feed.share == Decimal::ONE));
    }
}

#[test]
fn many_departments_that_all_serve_each_other_are_resolved_exactly() {
    // By symmetry, each department's cost ends half and half whatever they do for each other.
    let names: Vec<_> = (0..30).map(|number| format!("s{number}")).collect();
    let feeds: Vec<_> = names
        .iter()
        .map(|name| {
            let others = names.iter().filter(|other| *other != name).enumerate();
            let others: Vec<_> =
                others.map(|(weight, other)| format!("{other} = {}.7", weight + 1)).collect();
            format!("{}, x = 1.3, y = 1.3", others.join(", "))
        })
        .collect();
    let mut list: Vec<_> =
        names.iter().zip(&feeds).map(|(name, feeds)| (name.as_str(), feeds.as_str())).collect();
    list.extend([("x", ""), ("y", "")]);
    let project = parse(&pools(&list, "reciprocal")).unwrap();
    assert_eq!(project.effective_feeds.len(), 60);
    assert!(project.effective_feeds.iter().all(|feed| feed.share == Decimal::new(5, 1)));
}

#[test]
fn passing_cost_on_round_by_round_comes_to_the_same() {
    let list = [
        ("a", "b = 3, c = 2, x = 1"),
        ("b", "a = 5, c = 1.5, y = 2.25"),
        ("c", "a = 1, b = 7, x = 2, y = 1"),
        ("x", ""),
        ("y", ""),
    ];
    let project = parse(&pools(&list, "reciprocal")).unwrap();
    for start in &project.pools[..3] {
        // What a pool has; a department gives all of it away in each round.
        let mut has: Vec<Decimal> =
            project.pools.iter().map(|pool| Decimal::from(u8::from(pool.name == start.name))).collect();
        for _ in 0..400 {
            for (position, pool) in
                project.pools.iter().enumerate().filter(|(_, pool)| !pool.feeds.is_empty())
            {
                let passed = std::mem::take(&mut has[position]);
                let total: Decimal = pool.feeds.iter().map(|feed| feed.weight).sum();
                for feed in &pool.feeds {
                    let target = project.pools.iter().position(|other| other.name == feed.pool).unwrap();
                    has[target] += passed * feed.weight / total;
                }
            }
        }
        for (position, name) in [(3, "x"), (4, "y")] {
            let difference = (has[position] - share(&project, &start.name, name)).abs();
            assert!(difference < Decimal::new(1, 17), "{} to {name}: {difference}", start.name);
        }
    }
}

#[track_caller]
fn check_stuck(list: &[(&str, &str)], method: &str, message: &str) {
    let content = pools(list, method);
    let error = parse(&content).unwrap_err();
    assert_eq!(error.message(), message);
    assert_eq!(error.hints().len(), 1);
    let place = error.place().unwrap();
    assert_eq!(&place.text[place.span.clone()], "[[pools]]");
    let name = content[place.span.end..].lines().nth(1).unwrap();
    let first = message.split('`').nth(1).unwrap();
    assert_eq!(name, format!("name = \"{first}\""), "it points at the first pool it names");
}

#[test]
fn a_closed_loop_is_an_error_that_names_its_pools() {
    // `a` only leads into the loop.
    let list = [("a", "b = 1, x = 1"), ("b", "c = 1"), ("c", "b = 1"), ("x", "")];
    check_stuck(&list, "reciprocal", "the pools `b`, `c` feed each other in a closed loop");
    let list = [("a", "b = 1"), ("b", "c = 1"), ("c", "b = 1"), ("x", "")];
    check_stuck(&list, "reciprocal", "the pools `b`, `c` feed each other in a closed loop");
}

#[test]
fn a_department_without_an_outlet_under_the_method_is_an_error() {
    let list = [("a", "b = 1"), ("b", "a = 1, x = 1"), ("x", "")];
    let message =
        "pool `a` feeds only pools that feed others (`b`), and the method `direct` leaves these out";
    check_stuck(&list, "direct", message);
    let list = [("a", "b = 1"), ("b", "a = 1"), ("x", "")];
    let message =
        "pool `b` feeds only pools that stand before it (`a`), and the method `step_down` is done with these";
    check_stuck(&list, "step_down", message);
}
