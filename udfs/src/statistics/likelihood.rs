//! Finds the parameters at which a likelihood is greatest, or says that there are none.
//!
//! All parameters are positive, so their logarithms are searched. A quasi-Newton search (BFGS) comes near the top;
//! Newton's steps then settle it to the last digits and prove it: the steps must vanish where the curvature is
//! negative in every direction. Where a likelihood only approaches its bound, as when a parameter runs to infinity,
//! the steps do not vanish, and there is no estimate.

use std::{cell::RefCell, convert::Infallible};

use basin::{Bfgs, CostFunction, Executor, FirstOrderState, Gradient};

use super::matrix::{Matrix, factor, solve};

/// A likelihood of `N` positive parameters.
pub(crate) trait Likelihood<const N: usize> {
    /// The names of the parameters.
    const PARAMETERS: [&'static str; N];

    /// Of what order the parameters are, so that a search may begin there; also the measure of too far away.
    fn scale(&self) -> [f64; N];

    /// How many observations there are.
    fn observations(&self) -> f64;

    /// The logarithm of the likelihood and its derivatives by the parameters.
    fn evaluate(&self, parameters: &[f64; N]) -> (f64, [f64; N]);
}

/// Where a likelihood is greatest.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Maximum<const N: usize> {
    pub(crate) parameters: [f64; N],
    pub(crate) log_likelihood: f64,
}

/// Why there is no estimate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoMaximum {
    /// The likelihood grows while a parameter runs to infinity.
    RunsToInfinity(&'static str),
    /// The likelihood grows while a parameter runs to zero.
    RunsToZero(&'static str),
    /// The search did not settle.
    NotConverged,
}

/// How far from its scale a parameter may be, as a logarithm: a million times more or less is no estimate.
const LOGARITHM_MAX: f64 = 13.815_510_557_964_274;

/// Where the search may hand over: the gradient of the mean logarithm of the likelihood.
const GRADIENT_TOLERANCE: f64 = 1e-6;

const SEARCH_STEPS_MAX: u64 = 500;

/// Newton's last step, as a share of the parameter.
const STEP_TOLERANCE: f64 = 1e-9;

const NEWTON_STEPS_MAX: usize = 60;

/// Steps that end without settling on a thousand times the scale, or a thousandth, were on their way there.
const LOGARITHM_UNSETTLED: f64 = 6.907_755_278_982_137;

/// What is less curved than this, per observation, is flat: differences of gradients that were rounded make as much.
const CURVATURE_MIN: f64 = 1e-8;

/// No step multiplies a parameter by more than about 3.
const STEP_MAX: f64 = 1.0;

/// Central differences of exact gradients err by its square.
const DIFFERENCE: f64 = 1e-5;

/// Finds where `likelihood` is greatest.
pub(crate) fn maximise<const N: usize, L: Likelihood<N>>(likelihood: &L) -> Result<Maximum<N>, NoMaximum> {
    let objective = Objective::new(likelihood);
    let start = objective.search([0.0; N]);
    let logarithms = objective.settle(start)?;
    let parameters = objective.parameters(&logarithms);
    Ok(Maximum { parameters, log_likelihood: likelihood.evaluate(&parameters).0 })
}

/// The mean of minus the logarithm of the likelihood, by the logarithms of the parameters over their scale.
pub(super) struct Objective<'a, const N: usize, L> {
    likelihood: &'a L,
    scale: [f64; N],
    observations: f64,
    /// The last point: a search asks for the value first, and for the gradient there afterwards.
    last: RefCell<Option<Evaluated<N>>>,
}

#[derive(Debug, Clone, Copy)]
struct Evaluated<const N: usize> {
    at: [f64; N],
    value: f64,
    gradient: [f64; N],
}

impl<'a, const N: usize, L: Likelihood<N>> Objective<'a, N, L> {
    pub(super) fn new(likelihood: &'a L) -> Self {
        let scale = likelihood.scale();
        Self { likelihood, scale, observations: likelihood.observations(), last: RefCell::new(None) }
    }

    fn parameters(&self, logarithms: &[f64; N]) -> [f64; N] {
        std::array::from_fn(|index| self.scale[index] * logarithms[index].exp())
    }

    fn evaluated(&self, at: [f64; N]) -> Evaluated<N> {
        if let Some(last) = self.last.borrow().filter(|last| last.at == at) {
            return last;
        }
        let parameters = self.parameters(&at);
        let (log_likelihood, derivatives) = self.likelihood.evaluate(&parameters);
        let value = -log_likelihood / self.observations;
        let gradient =
            std::array::from_fn(|index| -derivatives[index] * parameters[index] / self.observations);
        let evaluated = Evaluated {
            at,
            // What cannot be computed is no way to go.
            value: if value.is_finite() { value } else { f64::INFINITY },
            gradient,
        };
        self.last.replace(Some(evaluated));
        evaluated
    }

    /// Comes near the top. How the search ended does not matter: the steps after it decide.
    fn search(&self, start: [f64; N]) -> [f64; N] {
        // The search needs one value to compare others with.
        if self.evaluated(start).value.is_infinite() {
            return start;
        }
        let solver = Bfgs::<Vec<f64>>::new().with_absolute_gradient_tolerance(GRADIENT_TOLERANCE);
        let found = Executor::new(self, solver, FirstOrderState::new(start.to_vec()))
            .max_iter(SEARCH_STEPS_MAX)
            .run();
        let Ok(found) = found;
        <[f64; N]>::try_from(found.best_param().as_slice())
            .ok()
            .filter(|logarithms| logarithms.iter().all(|logarithm| logarithm.abs() <= LOGARITHM_MAX))
            .unwrap_or(start)
    }

    /// The second derivatives.
    pub(super) fn curvature(&self, at: &[f64; N]) -> Matrix<N> {
        let mut rows = [[0.0; N]; N];
        for (index, row) in rows.iter_mut().enumerate() {
            let shifted = |by: f64| {
                let mut point = *at;
                point[index] += by;
                self.evaluated(point).gradient
            };
            let (above, below) = (shifted(DIFFERENCE), shifted(-DIFFERENCE));
            *row = std::array::from_fn(|column| (above[column] - below[column]) / (2.0 * DIFFERENCE));
        }
        std::array::from_fn(|row| {
            std::array::from_fn(|column| f64::midpoint(rows[row][column], rows[column][row]))
        })
    }

    /// Newton's steps until they vanish.
    fn settle(&self, start: [f64; N]) -> Result<[f64; N], NoMaximum> {
        let mut at = start;
        for _ in 0..NEWTON_STEPS_MAX {
            let here = self.evaluated(at);
            let (step, curved) = newton_step(&self.curvature(&at), &here.gradient);
            let length = step.iter().fold(0.0, |length: f64, part| length.max(part.abs()));
            if curved && length <= STEP_TOLERANCE {
                return Ok(std::array::from_fn(|index| at[index] + step[index]));
            }
            if !length.is_finite() {
                return Err(NoMaximum::NotConverged);
            }
            at = self.damped(&here, &step.map(|part| part * (STEP_MAX / length).min(1.0)));
            if let Some(reason) = Self::beyond(&at, LOGARITHM_MAX) {
                return Err(reason);
            }
        }
        Err(Self::beyond(&at, LOGARITHM_UNSETTLED).unwrap_or(NoMaximum::NotConverged))
    }

    /// The parameter that has run away farthest, if one is farther away than this.
    fn beyond(at: &[f64; N], logarithm_max: f64) -> Option<NoMaximum> {
        let far = (0..N).filter(|index| at[*index].abs() > logarithm_max);
        let index = far.max_by(|a, b| at[*a].abs().total_cmp(&at[*b].abs()))?;
        let parameter = L::PARAMETERS[index];
        Some(match at[index] > 0.0 {
            true => NoMaximum::RunsToInfinity(parameter),
            false => NoMaximum::RunsToZero(parameter),
        })
    }

    /// Halves a step until the likelihood does not fall by more than rounding makes it.
    fn damped(&self, here: &Evaluated<N>, step: &[f64; N]) -> [f64; N] {
        let allowed = here.value + 1e-11 * here.value.abs().max(1.0);
        let mut part = 1.0;
        loop {
            let there = std::array::from_fn(|index| here.at[index] + part * step[index]);
            if part < 1e-9 || self.evaluated(there).value <= allowed {
                return there;
            }
            part *= 0.5;
        }
    }
}

/// Where Newton's method goes from here, and whether the function is curved upwards in every direction; if not, a
/// multiple of the identity is added until it is.
fn newton_step<const N: usize>(curvature: &Matrix<N>, gradient: &[f64; N]) -> ([f64; N], bool) {
    let downhill = gradient.map(|slope| -slope);
    let mut added = 0.0;
    // Up to ten million, in powers of ten: more than any curvature per observation.
    for _ in 0..16 {
        let mut matrix = *curvature;
        (0..N).for_each(|index| matrix[index][index] += added);
        if let Some(lower) = factor(&matrix, CURVATURE_MIN) {
            return (solve(&lower, &downhill), added == 0.0);
        }
        added = if added == 0.0 { CURVATURE_MIN } else { added * 10.0 };
    }
    (downhill, false)
}

impl<const N: usize, L: Likelihood<N>> Objective<'_, N, L> {
    fn point(&self, logarithms: &[f64]) -> Evaluated<N> {
        // The search keeps the number of parameters it was started with.
        self.evaluated(std::array::from_fn(|index| logarithms.get(index).copied().unwrap_or(f64::NAN)))
    }
}

impl<const N: usize, L: Likelihood<N>> CostFunction for &Objective<'_, N, L> {
    type Param = Vec<f64>;
    type Output = f64;
    type Error = Infallible;

    fn cost(&self, logarithms: &Vec<f64>) -> Result<f64, Infallible> {
        Ok(self.point(logarithms).value)
    }
}

impl<const N: usize, L: Likelihood<N>> Gradient for &Objective<'_, N, L> {
    type Gradient = Vec<f64>;

    fn gradient(&self, logarithms: &Vec<f64>) -> Result<Vec<f64>, Infallible> {
        Ok(self.point(logarithms).gradient.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::{Likelihood, NoMaximum, maximise};

    /// A function of the logarithms of two parameters.
    struct Surface(fn([f64; 2]) -> (f64, [f64; 2]));

    impl Likelihood<2> for Surface {
        const PARAMETERS: [&'static str; 2] = ["left", "right"];

        fn scale(&self) -> [f64; 2] {
            [1.0, 1.0]
        }

        fn observations(&self) -> f64 {
            1.0
        }

        fn evaluate(&self, parameters: &[f64; 2]) -> (f64, [f64; 2]) {
            let (value, slopes) = (self.0)(parameters.map(f64::ln));
            (value, [slopes[0] / parameters[0], slopes[1] / parameters[1]])
        }
    }

    #[test]
    fn the_top_is_found() {
        let top = Surface(|[x, y]| {
            let (x, y) = (x - 3.0, y + 2.0);
            (7.0 - x * x - 10.0 * (y - x) * (y - x), [20.0 * (y - x) - 2.0 * x, -20.0 * (y - x)])
        });
        let found = maximise(&top).unwrap();
        assert!(
            (found.parameters[0].ln() - 3.0).abs() < 1e-9 && (found.parameters[1].ln() + 2.0).abs() < 1e-9
        );
        assert!((found.log_likelihood - 7.0).abs() < 1e-15);
    }

    #[test]
    fn what_only_grows_has_no_top() {
        // Towards infinity in one parameter, towards zero in the other; the gradient vanishes on the way.
        let up = Surface(|[x, y]| (-(-x).exp() - y * y, [(-x).exp(), -2.0 * y]));
        assert!(matches!(maximise(&up), Err(NoMaximum::RunsToInfinity("left"))), "{:?}", maximise(&up));
        let down = Surface(|[x, y]| (-y.exp() - x * x, [-2.0 * x, -y.exp()]));
        assert!(matches!(maximise(&down), Err(NoMaximum::RunsToZero("right"))), "{:?}", maximise(&down));
    }

    #[test]
    fn what_is_flat_has_no_top() {
        let ridge = Surface(|[x, _]| (-x * x, [-2.0 * x, 0.0]));
        assert!(matches!(maximise(&ridge), Err(NoMaximum::NotConverged)), "{:?}", maximise(&ridge));
        let saddle = Surface(|[x, y]| (y * y - x * x, [-2.0 * x, 2.0 * y]));
        assert!(maximise(&saddle).is_err(), "{:?}", maximise(&saddle));
    }

    #[test]
    fn what_cannot_be_computed_has_no_top() {
        assert!(maximise(&Surface(|_| (f64::NAN, [f64::NAN; 2]))).is_err());
    }
}
