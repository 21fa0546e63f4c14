use rust_decimal::Decimal;

use super::parse;

const START: &str = "[project]\ncurrency = \"USD\"\n";

/// Checks the answer to a wrong `[health]`: message, the text it points at, and hint.
#[track_caller]
fn check(lines: &str, message: &str, place: &str, hint: &str) {
    let error = parse(&format!("{START}{lines}\n")).expect_err("the file is wrong");
    let found = error.place().expect("an error has a place");
    let found = &found.text[found.span.clone()];
    assert_eq!((error.message(), found, error.hints().join("; ").as_str()), (message, place, hint));
}

#[test]
fn what_is_not_given_keeps_its_default() {
    let text = "[health]\nusage = { weight = 35.5, best = \"10\" }\n[health.support]\ndays = 7\n[health.bands]\nfair = 50\n";
    let project = parse(&format!("{START}{text}")).unwrap();
    let shown = |name: &str| {
        let component = project.health.components.iter().find(|component| component.name == name).unwrap();
        format!("{} {} {} {:?}", component.weight, component.worst, component.best, component.days)
    };
    assert_eq!(shown("usage"), "35.5 0 10 Some(30)");
    assert_eq!(shown("support"), "20 10 0 Some(7)");
    assert_eq!(shown("recency"), "10 50 0 None");
    let bands: Vec<_> = project.health.bands.iter().map(|band| (band.name, band.lowest)).collect();
    assert_eq!(
        bands,
        [("healthy", Decimal::from(80)), ("fair", Decimal::from(50)), ("at_risk", Decimal::from(40))]
    );
    assert_eq!(project.health.completeness_min, Decimal::new(5, 1));
    assert_eq!(parse(START).unwrap().health, super::super::Health::default());
}

#[test]
fn mistakes_in_components() {
    let message = "unknown key `usages` in `[health]`";
    check("[health]\nusages = {}", message, "usages", "did you mean `usage`?");
    let message = "unknown key `day` in `[health.usage]`";
    check("[health.usage]\nday = 1", message, "day", "did you mean `days`?");
    let message = "unknown key `days` in `[health.recency]`";
    check("[health.recency]\ndays = 1", message, "days", "there are `weight`, `worst`, `best`");
    let message = "`health.usage.weight` must be a number of zero or more, not the number `-1`";
    check("[health.usage]\nweight = -1", message, "-1", "0 leaves the component out");
    let message = "`health.usage.days` must be a whole number from 1 to 36500, not the number `0`";
    check("[health.usage]\ndays = 0", message, "0", "");
    let message = "`health.completeness_min` must be a fraction from 0 to 1, not the number `50`";
    check("[health]\ncompleteness_min = 50", message, "50", "");
    let message = "`worst` and `best` of `health.support` are the same";
    let hint = "the value that scores 0 and the value that scores 100 must differ";
    check("[health]\nsupport = { worst = 5, best = 5.0 }", message, "{ worst = 5, best = 5.0 }", hint);
    let all = ["usage", "adoption", "support", "survey", "recency"]
        .map(|name| format!("{name} = {{ weight = 0 }}\n"));
    let hint = "give at least one a weight: a score is a weighted mean";
    check(
        &format!("[health]\n{}", all.concat()),
        "every component of `[health]` has the weight 0",
        "[health]",
        hint,
    );
}

#[test]
fn mistakes_in_bands() {
    let message = "`health.bands.fair` must be a score from 0 to 100, not the number `101`";
    check("[health.bands]\nfair = 101", message, "101", "");
    let message = "`healthy` begins at 60, which is not above `fair` at 60";
    let hint = "the bands go down: healthy, fair, at_risk, and below them critical";
    check("[health]\nbands = { healthy = 60 }", message, "{ healthy = 60 }", hint);
}
