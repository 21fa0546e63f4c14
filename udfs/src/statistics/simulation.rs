//! Customers drawn from known parameters, the same in every run: what a fit must find again, and what it costs.

/// Random numbers that are the same on every machine (splitmix64).
#[derive(Debug)]
pub struct Random(u64);

impl Random {
    /// Each seed has numbers of its own.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Between 0 and 1, and neither.
    pub fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        ((bits >> 12) as f64 + 0.5) / (1u64 << 52) as f64
    }

    fn exponential(&mut self) -> f64 {
        -self.uniform().ln()
    }

    fn normal(&mut self) -> f64 {
        (2.0 * self.exponential()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// With mean `shape` (G. Marsaglia, W. W. Tsang, 2000).
    pub fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            return self.gamma(shape + 1.0) * self.uniform().powf(shape.recip());
        }
        let d = shape - 1.0 / 3.0;
        loop {
            let x = self.normal();
            let v = (1.0 + x / (9.0 * d).sqrt()).powi(3);
            if v > 0.0 && self.uniform().ln() < 0.5 * x * x + d - d * v + d * v.ln() {
                return d * v;
            }
        }
    }

    fn beta(&mut self, a: f64, b: f64) -> f64 {
        let (left, right) = (self.gamma(a), self.gamma(b));
        left / (left + right)
    }

    /// Frequency, recency and age of a customer of BG/NBD.
    pub fn purchases(&mut self, [r, alpha, a, b]: [f64; 4], age: f64) -> [f64; 3] {
        let rate = self.gamma(r) / alpha;
        let leaves = self.beta(a, b);
        let (mut frequency, mut recency) = (0.0, 0.0);
        loop {
            let next = recency + self.exponential() / rate;
            if next > age {
                return [frequency, recency, age];
            }
            (frequency, recency) = (frequency + 1.0, next);
            if self.uniform() < leaves {
                return [frequency, recency, age];
            }
        }
    }

    /// The mean of so many purchases of a customer of the gamma-gamma model.
    pub fn mean_value(&mut self, [p, q, v]: [f64; 3], frequency: f64) -> f64 {
        let rate = self.gamma(q) / v;
        self.gamma(p * frequency) / rate / frequency
    }

    /// How many of a cohort of the shifted-beta-geometric model are left after each renewal.
    pub fn survivors(&mut self, [alpha, beta]: [f64; 2], customers: usize, renewals: usize) -> Vec<f64> {
        let mut left = vec![0.0; renewals + 1];
        for _ in 0..customers {
            let churn = self.beta(alpha, beta);
            for survivors in &mut left {
                *survivors += 1.0;
                if self.uniform() < churn {
                    break;
                }
            }
        }
        left
    }
}
