//! Small symmetric systems of equations: as many as a model has parameters.

/// A symmetric matrix of as many rows as there are parameters.
pub(super) type Matrix<const N: usize> = [[f64; N]; N];

/// The factor L of L Lᵀ = `matrix` (Cholesky). `None` if the matrix is not positive definite, or so little that a pivot is
/// not more than `least`.
pub(super) fn factor<const N: usize>(matrix: &Matrix<N>, least: f64) -> Option<Matrix<N>> {
    let mut lower = [[0.0; N]; N];
    for row in 0..N {
        for column in 0..=row {
            let product: f64 = (0..column).map(|k| lower[row][k] * lower[column][k]).sum();
            let rest = matrix[row][column] - product;
            if row == column {
                if rest.is_nan() || rest <= least {
                    return None;
                }
                lower[row][row] = rest.sqrt();
            } else {
                lower[row][column] = rest / lower[column][column];
            }
        }
    }
    Some(lower)
}

/// Solves L Lᵀ x = `right`.
pub(super) fn solve<const N: usize>(lower: &Matrix<N>, right: &[f64; N]) -> [f64; N] {
    let mut x = *right;
    for row in 0..N {
        let known: f64 = (0..row).map(|k| lower[row][k] * x[k]).sum();
        x[row] = (x[row] - known) / lower[row][row];
    }
    for row in (0..N).rev() {
        let known: f64 = (row + 1..N).map(|k| lower[k][row] * x[k]).sum();
        x[row] = (x[row] - known) / lower[row][row];
    }
    x
}

#[cfg(test)]
mod tests {
    use super::{factor, solve};

    #[test]
    fn a_system_is_solved() {
        let matrix = [[4.0, 2.0, 0.4], [2.0, 5.0, 1.0], [0.4, 1.0, 3.0]];
        let x = solve(&factor(&matrix, 0.0).unwrap(), &[1.0, -2.0, 3.0]);
        let back = matrix.map(|row| row.iter().zip(x).map(|(a, b)| a * b).sum::<f64>());
        for (actual, expected) in back.into_iter().zip([1.0, -2.0, 3.0]) {
            assert!((actual - expected).abs() < 1e-14, "{back:?}");
        }
    }

    #[test]
    fn what_is_not_positive_definite_has_no_factor() {
        for matrix in [[[1.0, 2.0], [2.0, 1.0]], [[0.0, 0.0], [0.0, 1.0]], [[1.0, 1.0], [1.0, 1.0]]] {
            assert_eq!(factor(&matrix, 0.0), None);
        }
        assert_eq!(factor(&[[f64::NAN]], 0.0), None);
        assert_eq!(factor(&[[1e-9]], 1e-8), None);
    }
}
