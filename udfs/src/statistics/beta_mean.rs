//! The mean of a function of a probability that follows a beta distribution, by quadrature.
//!
//! What the literature writes as hypergeometric functions ₂F₁ are such means. As series they overflow or cancel when
//! the argument comes near 1 or a parameter grows; the integral of a positive function does neither.

/// The distribution is followed down to e^-46 of its greatest density, 10^-20.
const DEPTH: f64 = 46.0;

/// Two quadratures that agree so well are exact to the last few bits.
const AGREEMENT: f64 = 1e-14;

/// The widest step, and how often it is halved at most.
const STEP: f64 = 0.25;
const HALVINGS_MAX: u32 = 9;

/// The mean of `function(p, 1 - p)` with p ~ Beta(a, b).
///
/// The function is smooth and positive, also at p = 0 and p = 1, which are what doubles make of probabilities near them;
/// it is nowhere greater than e^`ln_greatest` times its mean.
pub(super) fn beta_mean(a: f64, b: f64, ln_greatest: f64, function: impl Fn(f64, f64) -> f64) -> f64 {
    // The trapezoidal rule over y with p = 1 / (1 + e^-y) and y = mode + width sinh(u): on the whole line, where it
    // converges exponentially, and with tails that fall doubly so.
    let mode = (a / b).ln();
    let width = (a.recip() + b.recip()).sqrt().min(1.0);
    let density = |y: f64| -a * ln_1p_exp(-y) - b * ln_1p_exp(y);
    let greatest = density(mode);
    let depth = DEPTH + ln_greatest.max(0.0);
    // The sum over every step from `first` on, each of `by`, to either side until the density is nothing.
    let side = |first: f64, by: f64| {
        let (mut values, mut weights) = (0.0, 0.0);
        let mut u = first;
        loop {
            let y = mode + width * u.sinh();
            let ln_density = density(y) - greatest;
            if ln_density.is_nan() || ln_density < -depth {
                return (values, weights);
            }
            let weight = ln_density.exp() * u.cosh();
            values += weight * function((1.0 + (-y).exp()).recip(), (1.0 + y.exp()).recip());
            weights += weight;
            u += by;
        }
    };
    let both = |first: f64, by: f64| {
        let (up, down) = (side(first, by), side(-first, -by));
        (up.0 + down.0, up.1 + down.1)
    };
    let centre = function((1.0 + (-mode).exp()).recip(), (1.0 + mode.exp()).recip());
    let around = both(STEP, STEP);
    let (mut values, mut weights) = (around.0 + centre, around.1 + 1.0);
    let mut step = STEP;
    for _ in 0..HALVINGS_MAX {
        let between = both(0.5 * step, step);
        let coarse = values / weights;
        (values, weights) = (values + between.0, weights + between.1);
        step *= 0.5;
        if (values / weights - coarse).abs() <= AGREEMENT * coarse.abs() {
            break;
        }
    }
    // The distribution is normalised by the same rule: no gamma function, and no difference of large logarithms.
    values / weights
}

/// ln(1 + e^x) without overflow.
fn ln_1p_exp(x: f64) -> f64 {
    if x > 0.0 { x + (-x).exp().ln_1p() } else { x.exp().ln_1p() }
}

#[cfg(test)]
mod tests {
    use super::beta_mean;

    fn assert_close(actual: f64, expected: f64) {
        assert!((actual / expected - 1.0).abs() < 1e-12, "{actual} for {expected}");
    }

    #[test]
    fn moments_of_the_beta_distribution() {
        for (a, b) in [(0.793, 2.426), (0.01, 5.0), (3.0, 0.05), (1e-3, 1e-3), (4e4, 2e6), (1.0, 1.0)] {
            assert_close(beta_mean(a, b, 0.0, |p, _| p), a / (a + b));
            assert_close(beta_mean(a, b, 0.0, |_, q| q * q), b * (b + 1.0) / ((a + b) * (a + b + 1.0)));
        }
        // Unbounded, but so much greater than its mean only where the density is nothing against it.
        assert_close(beta_mean(1.5, 2.0, 100.0, |p, _| p.recip()), 2.5 / 0.5);
    }
}
