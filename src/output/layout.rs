//! Which columns of a table are shown, and how wide: numbers whole, texts cut, middle columns left out last.

/// What a column asks for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish {
    /// The width at which nothing is cut.
    pub(super) natural: usize,
    /// The width below which it would rather be left out.
    pub(super) least: usize,
}

/// A place in a row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    Column {
        index: usize,
        width: usize,
    },
    /// Stands for all the columns that are left out.
    Gap,
}

impl Slot {
    pub(super) fn width(self) -> usize {
        match self {
            Slot::Column { width, .. } => width,
            Slot::Gap => 1,
        }
    }
}

/// The borders of `columns` columns: `│ a │ b │`.
fn borders(columns: usize) -> usize {
    3 * columns + 1
}

/// Lays out the columns in `room`, or at their natural widths.
pub(super) fn lay_out(wishes: &[Wish], room: Option<usize>) -> Vec<Slot> {
    let all: Vec<usize> = (0..wishes.len()).collect();
    let natural: usize = wishes.iter().map(|wish| wish.natural).sum();
    let Some(room) = room.filter(|room| natural + borders(wishes.len()) > *room) else {
        return slots(wishes, &all, None, natural);
    };
    let least: usize = wishes.iter().map(|wish| wish.least).sum();
    if let Some(width) = room.checked_sub(borders(wishes.len())).filter(|width| least <= *width) {
        return slots(wishes, &all, None, width);
    }
    // One more slot for the gap, which is one column wide.
    let (mut shown, mut used) = (Vec::new(), 0);
    for index in from_outside(wishes.len()) {
        let with_it = used + wishes[index].least;
        if with_it + 1 + borders(shown.len() + 2) > room {
            break;
        }
        shown.push(index);
        used = with_it;
    }
    if wishes.len() == 1 || shown.is_empty() {
        // Not even the first column fits: it is all there is to show, as much of it as possible.
        let gap = if wishes.len() == 1 { 0 } else { 4 };
        let width = room.saturating_sub(borders(1) + gap).max(1);
        let mut only = vec![Slot::Column { index: 0, width }];
        if wishes.len() > 1 {
            only.push(Slot::Gap);
        }
        return only;
    }
    shown.sort_unstable();
    let width = room - borders(shown.len() + 1) - 1;
    let gap = shown.iter().enumerate().find(|(place, index)| place != *index).map_or(shown.len(), |it| it.0);
    slots(wishes, &shown, Some(gap), width)
}

/// The first, the last, the second, the last but one, and so on.
fn from_outside(columns: usize) -> impl Iterator<Item = usize> {
    (0..columns).map(move |turn| if turn % 2 == 0 { turn / 2 } else { columns - 1 - turn / 2 })
}

/// Shares `width` out among the columns: each its least, then evenly up to what it asks for.
fn slots(wishes: &[Wish], shown: &[usize], gap: Option<usize>, width: usize) -> Vec<Slot> {
    let mut widths: Vec<usize> = shown.iter().map(|index| wishes[*index].least).collect();
    let mut rest = width.saturating_sub(widths.iter().sum());
    loop {
        let hungry: Vec<usize> =
            (0..shown.len()).filter(|place| widths[*place] < wishes[shown[*place]].natural).collect();
        if hungry.is_empty() || rest == 0 {
            break;
        }
        let share = (rest / hungry.len()).max(1);
        for place in hungry {
            let portion = share.min(wishes[shown[place]].natural - widths[place]).min(rest);
            widths[place] += portion;
            rest -= portion;
        }
    }
    let mut slots: Vec<Slot> =
        shown.iter().zip(widths).map(|(index, width)| Slot::Column { index: *index, width }).collect();
    if let Some(place) = gap {
        slots.insert(place, Slot::Gap);
    }
    slots
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lay(wishes: &[(usize, usize)], room: usize) -> String {
        let wish = |(natural, least): &(usize, usize)| Wish { natural: *natural, least: *least };
        let wishes: Vec<_> = wishes.iter().map(wish).collect();
        let slots = lay_out(&wishes, Some(room));
        let total: usize = slots.iter().map(|slot| slot.width()).sum();
        assert!(total + borders(slots.len()) <= room, "{slots:?} is wider than {room}");
        let shown = slots.iter().map(|slot| match slot {
            Slot::Column { index, width } => format!("{index}:{width}"),
            Slot::Gap => "…".to_owned(),
        });
        shown.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_fits_keeps_its_natural_width() {
        assert_eq!(lay(&[(5, 5), (7, 7)], 19), "0:5 1:7");
    }

    #[test]
    fn texts_give_way_before_numbers() {
        assert_eq!(lay(&[(30, 10), (12, 12)], 40), "0:21 1:12");
        assert_eq!(lay(&[(30, 10), (11, 10), (12, 12)], 50), "0:17 1:11 2:12");
    }

    #[test]
    fn middle_columns_are_left_out_when_all_are_at_their_least() {
        assert_eq!(lay(&[(10, 10), (10, 10), (10, 10), (10, 10)], 45), "0:10 1:10 … 3:10");
        assert_eq!(lay(&[(10, 10), (10, 10), (10, 10)], 32), "0:10 … 2:10");
        assert_eq!(lay(&[(10, 10), (10, 10), (10, 10)], 25), "0:10 …");
    }

    #[test]
    fn no_terminal_is_too_narrow() {
        for room in 9..=60 {
            lay(&[(10, 10), (25, 10), (10, 10), (14, 3)], room);
        }
    }

    #[test]
    fn a_column_wider_than_the_terminal_is_cut() {
        assert_eq!(lay(&[(100, 10)], 12), "0:8");
        assert_eq!(lay(&[(100, 100), (5, 5)], 20), "0:12 …");
    }
}
