//! Window functions, with orders that leave nothing to chance.

use super::{Generator, Scope, aggregate::as_integer};
use crate::{
    expression,
    sql::{Expression, Piece},
    value::Type,
};

impl Generator<'_> {
    /// A window function over what is visible, and a name for it.
    pub(super) fn window(&mut self, scope: &Scope) -> (Expression, Option<&'static str>) {
        let expression = match self.chance.below(100) {
            0..=13 => {
                let name = *self.chance.pick(&["rank()", "dense_rank()"]);
                let over = self.over(scope, Order::Partial, "");
                expression!(Type::Integer; name, over)
            }
            14..=25 => expression!(Type::Integer; "row_number()", self.over(scope, Order::Total, "")),
            26..=29 => expression!(Type::Integer; "ntile(3)", self.over(scope, Order::Total, "")),
            30..=41 => {
                let name = *self.chance.pick(&["lag(", "lead("]);
                let (value, data_type) = self.windowed(scope);
                let steps = *self.chance.pick(&["", ", 1", ", 2"]);
                let over = self.over(scope, Order::Total, "");
                expression!(data_type; name, value, steps, ")", over)
            }
            42..=49 => {
                let (value, data_type) = self.windowed(scope);
                let (name, end) =
                    *self.chance.pick(&[("first_value(", ")"), ("last_value(", ")"), ("nth_value(", ", 2)")]);
                let frame = self.rows_frame();
                let over = self.over(scope, Order::Total, frame);
                expression!(data_type; name, value, end, over)
            }
            50..=53 => {
                // Equal remainders are dealt with in the window's order.
                let over = self.over(scope, Order::Total, "");
                let value = self.leaf(scope, Type::Decimal);
                let (name, end) =
                    *self.chance.pick(&[("pct_of_total(", ")"), ("allocate(100.00, abs(", "))")]);
                expression!(Type::Decimal; Piece::OursOnly, name, value, end, over)
            }
            _ => self.framed_aggregate(scope),
        };
        (expression, Some("w"))
    }

    fn framed_aggregate(&mut self, scope: &Scope) -> Expression {
        let (value, data_type) = self.windowed(scope);
        let (over, is_sliding) = match self.chance.below(10) {
            0 | 1 => (self.over(scope, Order::None, ""), false),
            2..=4 => (self.over(scope, Order::Partial, ""), false),
            5 => (self.range(scope), true),
            6 => {
                let frame = " GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW";
                (self.over(scope, Order::Partial, frame), true)
            }
            _ => {
                let frame = self.rows_frame();
                (self.over(scope, Order::Total, frame), true)
            }
        };
        match self.chance.below(6) {
            0 => expression!(Type::Integer; "count(*)", over),
            1 => expression!(Type::Integer; "count(", value, ")", over),
            2 | 3 if data_type.is_numeric() => as_integer(expression!(data_type; "sum(", value, ")", over)),
            2 if !is_sliding => expression!(Type::Integer; "count(", value, ")", over),
            _ if data_type == Type::Boolean => expression!(Type::Integer; "count(", value, ")", over),
            _ => {
                let name = *self.chance.pick(&["min(", "max("]);
                expression!(data_type; name, value, ")", over)
            }
        }
    }

    /// What a window function is applied to: no subquery, and no window in a window.
    fn windowed(&mut self, scope: &Scope) -> (Expression, Type) {
        let data_type = self.comparable(scope);
        (self.leaf(scope, data_type), data_type)
    }

    fn rows_frame(&mut self) -> &'static str {
        self.chance.weighted(&[
            (3, " ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"),
            (3, " ROWS BETWEEN 2 PRECEDING AND CURRENT ROW"),
            (2, " ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING"),
            (1, " ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING"),
            (1, " ROWS BETWEEN 3 PRECEDING AND 1 PRECEDING"),
            (1, " ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"),
        ])
    }

    fn over(&mut self, scope: &Scope, order: Order, frame: &'static str) -> Piece {
        let mut pieces: Vec<Piece> = vec![" OVER (".into()];
        if !scope.visible.is_empty() && self.chance.percent(50) {
            pieces.push("PARTITION BY ".into());
            pieces.push(self.any_leaf(scope).into());
        }
        let keys = match order {
            Order::None => Vec::new(),
            Order::Partial => vec![self.any_leaf(scope)],
            Order::Total => {
                let mut keys = scope.total.clone();
                self.chance.shuffle(&mut keys);
                if self.chance.percent(50) {
                    keys.insert(0, self.any_leaf(scope));
                }
                keys
            }
        };
        for (place, key) in keys.into_iter().enumerate() {
            pieces.push(if place > 0 { ", " } else { " ORDER BY " }.into());
            pieces.push(Piece::Fixed(key));
            let direction = [" NULLS LAST", " NULLS FIRST", " DESC NULLS LAST", " DESC NULLS FIRST"];
            pieces.push((*self.chance.pick(&direction)).into());
        }
        pieces.push(frame.into());
        pieces.push(")".into());
        Piece::Fixed(Expression { data_type: Type::Boolean, pieces })
    }

    /// A frame by distance, which needs one key that distances can be added to.
    fn range(&mut self, scope: &Scope) -> Piece {
        let keys: Vec<Expression> = [Type::Integer, Type::Date]
            .into_iter()
            .flat_map(|data_type| scope.of_type(data_type))
            .map(|visible| visible.expression.clone())
            .collect();
        if keys.is_empty() {
            return self.over(scope, Order::None, "");
        }
        let key = self.chance.pick(&keys).clone();
        let frame = match key.data_type {
            Type::Date => " RANGE BETWEEN INTERVAL '7 days' PRECEDING AND CURRENT ROW)",
            _ => " RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING)",
        };
        let over = expression!(Type::Boolean; " OVER (ORDER BY ", key, " NULLS LAST", frame);
        Piece::Fixed(over)
    }
}

/// How far an order decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    /// No order: the whole partition is the frame.
    None,
    /// Ties stay, and the function treats them alike.
    Partial,
    /// No ties.
    Total,
}
