//! Amounts of memory: as users write them, and as the machine has them.

use std::{fmt, str::FromStr};

use crate::error::{Error, Result};

/// An amount of memory or disk, written `512MB`, `1.5 GiB` or `8G`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemoryLimit(usize);

impl MemoryLimit {
    /// The amount in bytes.
    pub fn bytes(self) -> usize {
        self.0
    }
}

impl FromStr for MemoryLimit {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let malformed = || {
            Error::usage(format!("`{text}` is not an amount of memory"))
                .hint("write a number and a unit, such as `512MB` or `8GB`")
        };
        let trimmed = text.trim();
        let unit_start = trimmed.find(|c: char| c.is_ascii_alphabetic()).ok_or_else(malformed)?;
        let (number, unit) = trimmed.split_at(unit_start);
        // As memory is sold and shown by the system: MB and MiB both mean 1,048,576 bytes.
        let unit: u32 = match unit.trim().to_ascii_uppercase().as_str() {
            "K" | "KB" | "KIB" => 1 << 10,
            "M" | "MB" | "MIB" => 1 << 20,
            "G" | "GB" | "GIB" => 1 << 30,
            _ => return Err(malformed()),
        };
        let number: rust_decimal::Decimal = number.trim().parse().map_err(|_| malformed())?;
        let bytes = (number * rust_decimal::Decimal::from(unit)).trunc();
        let bytes = usize::try_from(bytes).map_err(|_| malformed())?;
        // Below this not even one sort can begin: it reserves ten megabytes for its merge.
        const BYTES_MIN: usize = 1 << 20;
        if bytes < BYTES_MIN {
            return Err(Error::usage(format!("a memory limit of `{text}` is too small"))
                .hint("give at least `1MB`; most queries want `64MB` or more"));
        }
        Ok(Self(bytes))
    }
}

impl fmt::Display for MemoryLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&bytes_text(self.0 as u64))
    }
}

/// An amount as people read it: `512 MB`, `1.4 GB`.
pub fn bytes_text(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["bytes", "KB", "MB", "GB", "TB"];
    let mut unit = 0;
    let mut tenths = u128::from(bytes) * 10;
    while tenths >= 10_240 && unit + 1 < UNITS.len() {
        tenths /= 1024;
        unit += 1;
    }
    match (tenths / 10, tenths % 10) {
        (whole, 0) => format!("{whole} {}", UNITS[unit]),
        (whole, tenth) => format!("{whole}.{tenth} {}", UNITS[unit]),
    }
}

/// The memory this process may use: the machine's, or the container's if that is less.
pub(super) fn available_memory() -> usize {
    let mut system = sysinfo::System::new();
    system.refresh_memory();
    let total = match system.cgroup_limits() {
        Some(limits) => limits.total_memory.min(system.total_memory()),
        None => system.total_memory(),
    };
    usize::try_from(total).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_and_shown() {
        for (text, bytes, shown) in
            [("512MB", 512 << 20, "512 MB"), ("1.5 GiB", 1536 << 20, "1.5 GB"), ("8g", 8 << 30, "8 GB")]
        {
            let limit: MemoryLimit = text.parse().unwrap();
            assert_eq!((limit.bytes(), limit.to_string().as_str()), (bytes, shown), "{text}");
        }
    }

    #[test]
    fn a_number_without_unit_is_refused() {
        assert!("512".parse::<MemoryLimit>().is_err());
        assert!("-1GB".parse::<MemoryLimit>().is_err());
        assert!("10K".parse::<MemoryLimit>().is_err());
    }
}
