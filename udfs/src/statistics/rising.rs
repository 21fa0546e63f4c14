//! Γ(a + n) / Γ(a), the rising factorial a (a + 1) … (a + n − 1), as a logarithm with its derivative.

use special::Gamma;

/// Up to here the factors are multiplied: exact for any `a`, where a difference of two large logarithms is not.
const FACTORS_MAX: f64 = 64.0;

/// A product beyond this becomes a logarithm; the next factor leaves it far within a double.
const PRODUCT_MAX: f64 = 1e200;

/// ln Γ(a + n) − ln Γ(a).
pub(super) fn ln_rising(a: f64, n: f64) -> f64 {
    if !is_product(a, n) {
        return ln_gamma(a + n) - ln_gamma(a);
    }
    let (mut total, mut product, mut index) = (0.0, 1.0, 0.0);
    while index < n {
        product *= a + index;
        index += 1.0;
        if product > PRODUCT_MAX {
            total += product.ln();
            product = 1.0;
        }
    }
    total + product.ln()
}

/// ψ(a + n) − ψ(a), the derivative of [`ln_rising`] by a.
pub(super) fn digamma_rise(a: f64, n: f64) -> f64 {
    if !is_product(a, n) {
        return (a + n).digamma() - a.digamma();
    }
    let (mut total, mut index) = (0.0, 0.0);
    while index < n {
        total += (a + index).recip();
        index += 1.0;
    }
    total
}

/// ln Γ(x) of a positive x.
pub(super) fn ln_gamma(x: f64) -> f64 {
    Gamma::ln_gamma(x).0
}

/// Whether there are few whole factors.
fn is_product(a: f64, n: f64) -> bool {
    n.fract() == 0.0 && n <= FACTORS_MAX && a < 1e18
}

#[cfg(test)]
mod tests {
    use super::{FACTORS_MAX, digamma_rise, ln_gamma, ln_rising};

    #[test]
    fn rising_factorials() {
        assert_eq!(ln_rising(3.0, 0.0), 0.0);
        assert!((ln_rising(1.0, 10.0) - 3_628_800f64.ln()).abs() < 1e-14);
        assert!((ln_rising(2.5, 3.0) - (2.5f64 * 3.5 * 4.5).ln()).abs() < 1e-15);
        assert!((digamma_rise(2.5, 3.0) - (1.0 / 2.5 + 1.0 / 3.5 + 1.0 / 4.5)).abs() < 1e-15);
    }

    #[test]
    fn products_and_gamma_functions_agree() {
        for a in [1e-6, 0.243, 1.0, 4.4, 300.0] {
            for n in [1.0, 15.0, 16.0, 17.0, FACTORS_MAX] {
                let by_gamma = ln_gamma(a + n) - ln_gamma(a);
                assert!((ln_rising(a, n) - by_gamma).abs() < 1e-11 * by_gamma.abs().max(1.0), "{a} {n}");
                let step = 1e-4 * a;
                let slope = (ln_rising(a + step, n) - ln_rising(a - step, n)) / (2.0 * step);
                assert!((digamma_rise(a, n) / slope - 1.0).abs() < 1e-6, "{a} {n}");
            }
        }
        // One more factor than is multiplied.
        let beyond = ln_rising(0.5, FACTORS_MAX + 1.0);
        assert!((beyond - ln_rising(0.5, FACTORS_MAX) - (0.5 + FACTORS_MAX).ln()).abs() < 1e-12);
        let beyond = digamma_rise(0.5, FACTORS_MAX + 1.0);
        assert!((beyond - digamma_rise(0.5, FACTORS_MAX) - (0.5 + FACTORS_MAX).recip()).abs() < 1e-12);
    }

    #[test]
    fn a_large_start_keeps_its_digits() {
        // ln Γ(10^12) is 2.7 × 10^13, so a difference of two of them has lost all but two decimals.
        let exact = 3.0 * 1e12f64.ln();
        assert!((ln_rising(1e12, 3.0) - exact).abs() < 1e-10);
    }
}
