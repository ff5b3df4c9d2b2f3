//! The way of an instance to where its user may enter: by legal steps, none skipped.

use policy::status::{Availability, Status};

/// The statuses to be written, in order, until a visitor may enter.
pub(crate) fn way_in(from: Status) -> Vec<Status> {
    let onward = |status: &Status| {
        let next = status
            .successors(None)
            .into_iter()
            .find(|next| *next != Status::Suspended);
        next.filter(|_| status.availability() != Availability::Open)
    };
    std::iter::successors(onward(&from), onward).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_in_skips_no_status() {
        assert_eq!(
            way_in(Status::Provisioning),
            [Status::Active, Status::Ready]
        );
        assert_eq!(way_in(Status::Active), [Status::Ready]);
        assert_eq!(way_in(Status::Ready), []);
        assert_eq!(way_in(Status::Suspended), []);
    }
}
