//! Numbers that run into a word: `1_000_000` is read as 1 with the name `_000_000`, `2x` as 2 with the name `x`.

use datafusion::sql::sqlparser::tokenizer::Token;

use crate::{
    error::{Error, Result},
    query::words::Words,
};

/// Refuses a number with a word directly behind it.
pub(super) fn numbers(words: &Words<'_>) -> Result<()> {
    for pair in words.tokens().windows(2) {
        let (Token::Number(number, _), Token::Word(word)) = (&pair[0].token, &pair[1].token) else {
            continue;
        };
        if word.quote_style.is_some() || pair[0].span.end != pair[1].span.start {
            continue;
        }
        let written = format!("{number}{}", word.value);
        let digits = written.replace('_', "");
        let hint = match digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
            true => format!("write it without underscores: `{digits}`"),
            false => format!("a name needs a space before it, as in `{number} AS {}`", word.value),
        };
        let place = words.place(pair[0].span.union(&pair[1].span));
        return Err(Error::query(format!("`{written}` is not a number")).at(place).hint(hint));
    }
    Ok(())
}
