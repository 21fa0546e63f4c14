use rust_decimal::Decimal;

use super::parse;

const START: &str = "[project]\ncurrency = \"USD\"\n";

#[test]
fn a_rate_is_a_fraction_with_its_own_digits() {
    let project = parse(&format!("{START}[value]\ndiscount_rate = 0.126825030132\n")).unwrap();
    assert_eq!(project.valuation.discount_rate, Decimal::new(126_825_030_132, 12));
    assert_eq!(project.valuation.horizon_weeks, 52);
    let error = parse(&format!("{START}[value]\ndiscount_rate = 10\n")).unwrap_err();
    let message = "`value.discount_rate` must be a fraction from 0 to 1, such as 0.10, not the number `10`";
    assert_eq!((error.message(), error.hints().join("; ").as_str()), (message, "10 % is `0.10`"));
    let error = parse(&format!("{START}[value]\nhorizon_weeks = 0\n")).unwrap_err();
    let message = "`value.horizon_weeks` must be a whole number from 1 to 5200, not the number `0`";
    assert_eq!(error.message(), message);
}
