//! Which groups have had a value at all, and for means how many. Knows nothing of the values.

use arrow::{
    buffer::{BooleanBuffer, Buffer, NullBuffer},
    util::bit_util::ceil,
};
use datafusion::logical_expr::EmitTo;

/// Per group: whether it has had a value, or how many.
#[derive(Debug)]
pub(super) enum Presence {
    /// Every group so far has had a value. True until a NULL or a filter comes along, and free.
    All {
        groups: usize,
    },
    /// One bit per group.
    Some {
        bits: Vec<u64>,
        groups: usize,
    },
    Counts(Vec<u64>),
}

/// What is known of the groups that are emitted.
#[derive(Debug)]
pub(super) struct Present {
    /// The groups without a value are NULL.
    pub(super) nulls: Option<NullBuffer>,
    /// Only of [`Presence::Counts`].
    pub(super) counts: Option<Vec<u64>>,
}

impl Presence {
    pub(super) fn new(counted: bool) -> Self {
        if counted { Self::Counts(Vec::new()) } else { Self::All { groups: 0 } }
    }

    /// Notes the rows that have a value (all of them if there is no mask).
    pub(super) fn mark(&mut self, group_indices: &[usize], valid: Option<&BooleanBuffer>, groups: usize) {
        match (&mut *self, valid) {
            // Without NULLs and filter, each new group comes with a row that has a value.
            (Self::All { groups: known }, None) => *known = groups,
            (Self::Counts(counts), _) => {
                counts.resize(groups, 0);
                for_each_row(group_indices, valid, |group, present| counts[group] += present);
            }
            (Self::All { .. } | Self::Some { .. }, _) => {
                let bits = self.bits(groups);
                for_each_row(group_indices, valid, |group, present| {
                    bits[group / 64] |= present << (group % 64);
                });
            }
        }
    }

    /// Adds the counts of partial states.
    pub(super) fn add_counts(&mut self, group_indices: &[usize], added: &[u64], groups: usize) {
        if let Self::Counts(counts) = self {
            counts.resize(groups, 0);
            for (group, count) in group_indices.iter().zip(added) {
                counts[*group] += count;
            }
        }
    }

    fn bits(&mut self, groups: usize) -> &mut [u64] {
        if let Self::All { groups: known } = self {
            let bits = BooleanBuffer::collect_bool(groups, |group| group < *known);
            *self = Self::Some { bits: words(&bits), groups };
        }
        match self {
            Self::Some { bits, groups: known } => {
                *known = groups;
                bits.resize(ceil(groups, 64), 0);
                bits
            }
            _ => &mut [],
        }
    }

    /// Takes the first groups away; those that stay move to the front.
    pub(super) fn take(&mut self, emit_to: EmitTo) -> Present {
        match self {
            Self::All { groups } => {
                *groups = match emit_to {
                    EmitTo::All => 0,
                    EmitTo::First(emitted) => groups.saturating_sub(emitted),
                };
                Present { nulls: None, counts: None }
            }
            Self::Some { bits, groups } => {
                let all = BooleanBuffer::new(Buffer::from_vec(std::mem::take(bits)), 0, *groups);
                let emitted = match emit_to {
                    EmitTo::All => {
                        *self = Self::All { groups: 0 };
                        all
                    }
                    EmitTo::First(emitted) => {
                        *groups -= emitted;
                        *bits = words(&all.slice(emitted, *groups));
                        all.slice(0, emitted)
                    }
                };
                Present { nulls: Some(NullBuffer::new(emitted)), counts: None }
            }
            Self::Counts(counts) => {
                let counts = emit_to.take_needed(counts);
                let present = BooleanBuffer::collect_bool(counts.len(), |group| counts[group] > 0);
                Present { nulls: Some(NullBuffer::new(present)), counts: Some(counts) }
            }
        }
    }

    /// Bytes allocated.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::All { .. } => 0,
            Self::Some { bits: words, .. } | Self::Counts(words) => words.capacity() * size_of::<u64>(),
        }
    }
}

fn words(bits: &BooleanBuffer) -> Vec<u64> {
    bits.bit_chunks().iter_padded().take(ceil(bits.len(), 64)).collect()
}

/// Calls with each row's group, and 1 if the row counts, else 0. No branch depends on the data.
fn for_each_row(group_indices: &[usize], valid: Option<&BooleanBuffer>, mut visit: impl FnMut(usize, u64)) {
    match valid {
        None => group_indices.iter().for_each(|group| visit(*group, 1)),
        Some(valid) => {
            for (groups, mask) in group_indices.chunks(64).zip(valid.bit_chunks().iter_padded()) {
                for (bit, group) in groups.iter().enumerate() {
                    visit(*group, (mask >> bit) & 1);
                }
            }
        }
    }
}
