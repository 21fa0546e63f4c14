//! Expressions of every type. They have a value for every row, so that no plan can meet an error that another avoids.

use super::{Generator, Scope};
use crate::{
    expression, schema,
    sql::{Expression, Piece},
    value::{Type, Value},
};

impl Generator<'_> {
    /// An expression of a type over what is visible.
    pub(super) fn expression(&mut self, scope: &Scope, data_type: Type, depth: usize) -> Expression {
        if depth == 0 || self.chance.percent(45) {
            return self.leaf(scope, data_type);
        }
        let below = depth - 1;
        match self.chance.below(10) {
            0 | 1 => {
                let condition = self.predicate(scope, below);
                let then = self.expression(scope, data_type, below);
                if self.chance.percent(30) {
                    return expression!(data_type; "CASE WHEN ", condition, " THEN ", then, " END");
                }
                let otherwise = self.expression(scope, data_type, below);
                expression!(data_type; "CASE WHEN ", condition, " THEN ", then, " ELSE ", otherwise, " END")
            }
            2 => {
                let first = self.expression(scope, data_type, below);
                let second = self.leaf(scope, data_type);
                expression!(data_type; "coalesce(", first, ", ", second, ")")
            }
            3 => {
                let first = self.expression(scope, data_type, below);
                let second = self.leaf(scope, data_type);
                expression!(data_type; "nullif(", first, ", ", second, ")")
            }
            4 if data_type != Type::Boolean => {
                let name = *self.chance.pick(&["greatest(", "least("]);
                let first = self.leaf(scope, data_type);
                let second = self.leaf(scope, data_type);
                expression!(data_type; name, first, ", ", second, ")")
            }
            5 if !scope.is_grouped => self.scalar_subquery(scope, data_type),
            _ => self.operation(scope, data_type, below),
        }
    }

    /// A column if there is one, otherwise a literal.
    pub(super) fn leaf(&mut self, scope: &Scope, data_type: Type) -> Expression {
        let columns = scope.of_type(data_type);
        if columns.is_empty() || self.chance.percent(15) {
            return self.constant(data_type);
        }
        self.chance.pick(&columns).expression.clone()
    }

    /// A literal, now and then NULL or a parameter.
    pub(super) fn constant(&mut self, data_type: Type) -> Expression {
        if self.chance.percent(4) {
            return Expression::literal(&Value::Null, data_type);
        }
        let value = schema::literal(self.chance, data_type);
        // Parameters have no doubles.
        let can_be_bound = !matches!(data_type, Type::Double | Type::Wide);
        if self.has_parameters && can_be_bound && self.chance.percent(40) {
            self.parameters += 1;
            let piece = Piece::Parameter(format!("p{}", self.parameters), data_type, value);
            return Expression { data_type, pieces: vec![piece] };
        }
        Expression::literal(&value, data_type)
    }

    fn operation(&mut self, scope: &Scope, data_type: Type, below: usize) -> Expression {
        match data_type {
            Type::Integer => self.integer(scope, below),
            Type::Decimal => self.decimal(scope, below),
            Type::Double => {
                let (left, right) = (self.leaf(scope, data_type), self.leaf(scope, data_type));
                let operator = *self.chance.pick(&[" + ", " - "]);
                expression!(data_type; "(", left, operator, right, ")")
            }
            Type::Wide => {
                let (left, right) = (self.leaf(scope, data_type), self.leaf(scope, data_type));
                expression!(data_type; "(", left, " + ", right, ")")
            }
            Type::Text => self.text(scope, below),
            Type::Date => self.date(scope),
            Type::Boolean => self.predicate(scope, below),
        }
    }

    fn integer(&mut self, scope: &Scope, below: usize) -> Expression {
        let of = Type::Integer;
        match self.chance.below(9) {
            0..=2 => {
                let (left, right) = (self.expression(scope, of, below), self.leaf(scope, of));
                let operator = *self.chance.pick(&[" + ", " - "]);
                expression!(of; "(", left, operator, right, ")")
            }
            3 => {
                let factor = self.chance.between(2, 5).to_string();
                expression!(of; "(", self.leaf(scope, of), " * ", factor, ")")
            }
            4 => {
                let divisor = self.chance.between(2, 5).to_string();
                expression!(of; "(", self.leaf(scope, of), " % ", divisor, ")")
            }
            5 => expression!(of; "abs(", self.leaf(scope, of), ")"),
            6 => expression!(of; "length(", self.expression(scope, Type::Text, below), ")"),
            7 => {
                let part = *self.chance.pick(&["YEAR", "MONTH", "QUARTER", "DAY"]);
                expression!(of; "EXTRACT(", part, " FROM ", self.leaf(scope, Type::Date), ")")
            }
            _ => expression!(of; "CAST(", self.leaf(scope, Type::Boolean), " AS INT)"),
        }
    }

    fn decimal(&mut self, scope: &Scope, below: usize) -> Expression {
        let of = Type::Decimal;
        match self.chance.below(10) {
            0..=2 => {
                let (left, right) = (self.expression(scope, of, below), self.leaf(scope, of));
                let operator = *self.chance.pick(&[" + ", " - "]);
                expression!(of; "(", left, operator, right, ")")
            }
            3 => {
                let factor = *self.chance.pick(&["0.5", "1.21", "2", "-1", "25.0"]);
                expression!(of; "(", self.leaf(scope, of), " * ", factor, ")")
            }
            4 => {
                let kind = *self.chance.pick(&[Type::Integer, Type::Decimal]);
                expression!(of; "(", self.leaf(scope, kind), " + ", self.leaf(scope, of), ")")
            }
            5 => {
                let places = *self.chance.pick(&["0", "1"]);
                expression!(of; "round(", self.leaf(scope, of), ", ", places, ")")
            }
            6 => expression!(of; "abs(", self.leaf(scope, of), ")"),
            7 => expression!(of; "CAST(", self.leaf(scope, Type::Integer), " AS DECIMAL(18,2))"),
            8 => {
                let (left, right) = (self.leaf(scope, of), self.leaf(scope, of));
                let left = expression!(of; Piece::OursOnly, left);
                expression!(of; "round(", left, " / nullif(", right, ", 0), 4)")
            }
            _ => {
                let name = *self.chance.pick(&["margin(", "margin_pct("]);
                expression!(of; Piece::OursOnly, name, self.leaf(scope, of), ", ", self.leaf(scope, of), ")")
            }
        }
    }

    fn text(&mut self, scope: &Scope, below: usize) -> Expression {
        let of = Type::Text;
        match self.chance.below(8) {
            // Long texts, so that little memory is soon too little.
            7 => expression!(of; "repeat(", self.leaf(scope, of), ", 40)"),
            0 => {
                let name = *self.chance.pick(&["upper(", "lower(", "trim("]);
                expression!(of; name, self.expression(scope, of, below), ")")
            }
            1 => {
                let length = self.chance.between(1, 3).to_string();
                expression!(of; "substr(", self.leaf(scope, of), ", 1, ", length, ")")
            }
            2 | 3 => {
                let (left, right) = (self.expression(scope, of, below), self.leaf(scope, of));
                expression!(of; "(", left, " || ", right, ")")
            }
            4 => expression!(of; "CAST(", self.expression(scope, Type::Integer, below), " AS VARCHAR)"),
            5 => expression!(of; "concat(", self.leaf(scope, of), ", '-', ", self.leaf(scope, of), ")"),
            _ => expression!(of; "replace(", self.leaf(scope, of), ", 'k', 'K')"),
        }
    }

    fn date(&mut self, scope: &Scope) -> Expression {
        let of = Type::Date;
        match self.chance.below(3) {
            0 => {
                let unit = *self.chance.pick(&["'month'", "'quarter'", "'year'"]);
                expression!(of; "CAST(date_trunc(", unit, ", ", self.leaf(scope, of), ") AS DATE)")
            }
            1 => {
                let interval = *self.chance.pick(&["1 month", "1 day", "1 year"]);
                let text = format!(" - INTERVAL '{interval}'");
                expression!(of; "CAST((", self.leaf(scope, of), text, ") AS DATE)")
            }
            _ => expression!(of; "CAST(CAST(", self.leaf(scope, of), " AS VARCHAR) AS DATE)"),
        }
    }
}
