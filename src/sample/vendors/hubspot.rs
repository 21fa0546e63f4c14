//! HubSpot: companies, tickets with their companies, and answers to surveys.
//!
//! [`each_ticket`] tells the tickets of a day, flaws included; the exports and the truth are written from it.

use super::{
    World,
    flaws::{Fault, Quarantined, plantings, some_customer},
    identity::{
        UNATTRIBUTED, company_domain, domain, hubspot_id, matched_id, merged_hubspot_ids, other_name,
    },
    text::TextTable,
};
use crate::{
    error::Result,
    sample::{
        calendar::Day,
        company::{Company, Customer},
        names::AGENTS,
        random::Draw,
        tables::{Table, interactions, surveys},
    },
};

/// The stream of chance of HubSpot's flaws.
const STREAM: u64 = 104;

/// The number of the first ticket of a day that exists for a flaw.
const FIRST_PLANTED: u64 = 8_000_001;

/// Ids are long, and no other system's.
const FIRST_ID: u64 = 500_000_000_000;

/// More than these minutes between creation and close are not counted.
const CAP_MINUTES: i64 = 480;

/// The share of a whole ticket, in units of 0.000001.
const WHOLE: i64 = 1_000_000;

/// A company that nobody has.
const ORPHAN: u64 = 9_999_999_999;

/// The two first headers are Spanish: the portal's language was another.
pub(super) const COMPANY_HEADER: &[&str] = &[
    "ID de registro",
    "Nombre de la empresa",
    "Company Domain Name",
    "City",
    "Country/Region",
    "Create Date",
    "Merged record IDs",
];

pub(super) const TICKET_HEADER: &[&str] = &[
    "id",
    "_fivetran_deleted",
    "is_deleted",
    "property_createdate",
    "property_closed_date",
    "property_first_agent_reply_date",
    "property_hs_pipeline",
    "property_hs_pipeline_stage",
    "property_hs_ticket_category",
    "property_hs_ticket_priority",
    "property_hubspot_owner_id",
    "property_subject",
    "source_type",
];

pub(super) const ASSOCIATION_HEADER: &[&str] = &["ticket_id", "company_id", "category"];

pub(super) const SURVEY_HEADER: &[&str] = &[
    "hs_ingestion_id",
    "hs_survey_type",
    "hs_survey_name",
    "hs_survey_id",
    "hs_survey_channel",
    "hs_value",
    "hs_response_group",
    "hs_submission_timestamp",
    "Associated Contact",
    "Associated Company IDs",
];

/// A ticket's company, as it is associated.
#[derive(Debug, Clone, Copy)]
pub(super) struct Association {
    /// A record id; perhaps an old one, perhaps nobody's.
    company: u64,
    customer: Option<Customer>,
    is_listed_twice: bool,
}

/// A ticket. Its times are whole minutes.
#[derive(Debug, Clone)]
pub(super) struct Ticket {
    pub id: u64,
    pub opened: i64,
    answered: Option<i64>,
    pub closed: Option<i64>,
    pub channel: &'static str,
    pub topic: &'static str,
    pub priority: &'static str,
    pub agent: &'static str,
    pub is_deleted: bool,
    is_repeated: bool,
    associations: Vec<Association>,
}

/// What one customer has of a ticket.
pub(super) struct TicketShare {
    pub customer_id: String,
    /// In units of 0.000001.
    pub share: i64,
}

impl Ticket {
    /// Minutes of work, as far as elapsed time can tell; none for an open ticket or one that was closed before it was opened.
    pub(super) fn minutes(&self) -> Option<i64> {
        let elapsed = (self.closed? - self.opened) / 60;
        (elapsed >= 0).then_some(elapsed.min(CAP_MINUTES))
    }

    /// Who has which share: what does not divide evenly goes to the lowest company id.
    pub(super) fn shares(&self) -> Vec<TicketShare> {
        if self.associations.is_empty() {
            return vec![TicketShare { customer_id: UNATTRIBUTED.to_owned(), share: WHOLE }];
        }
        let mut associations = self.associations.clone();
        associations.sort_by_key(|association| association.company);
        let parts = i64::try_from(associations.len()).unwrap_or(1);
        let share_at = |position| WHOLE / parts + if position == 0 { WHOLE % parts } else { 0 };
        let shares = associations.iter().enumerate().map(|(position, association)| TicketShare {
            customer_id: matched_id(association.customer.as_ref()),
            share: share_at(position),
        });
        shares.collect()
    }
}

/// Tells the tickets of a day.
pub(super) fn each_ticket(
    world: &World<'_>,
    day: Day,
    mut tell: impl FnMut(&Ticket) -> Result<()>,
) -> Result<()> {
    let company = world.company;
    let mut flaws = Draw::new(company.seed, STREAM, u64::try_from(day).unwrap_or(0));
    let mut draw = Table::Interactions.draw(company, day);
    interactions::each_interaction(company, world.size, day, &mut draw, |interaction, customers| {
        if interaction.channel == "chat" {
            return Ok(());
        }
        let known: Vec<Customer> = customers.iter().flatten().copied().collect();
        let mut ticket = ticket(world, day, interaction.number, interaction.opened, &known);
        ticket.answered = interaction.answered.map(whole_minute);
        ticket.closed = interaction.closed.map(whole_minute);
        ticket.channel = interaction.channel;
        ticket.topic = interaction.topic;
        ticket.priority = interaction.priority;
        ticket.agent = interaction.agent;
        if let [association] = ticket.associations.as_mut_slice() {
            use_old_id(association, interaction.number);
        }
        for association in &mut ticket.associations {
            association.is_listed_twice = flaws.chance(30);
        }
        ticket.is_deleted = flaws.chance(5);
        ticket.is_repeated = flaws.chance(2);
        tell(&ticket)
    })?;
    let mut number = FIRST_PLANTED;
    for _ in 0..plantings(&company.period, world.size.revenue_rows, day) {
        for ticket in planted(world, day, &mut number, &mut flaws) {
            tell(&ticket)?;
        }
    }
    Ok(())
}

/// Tickets of before a merger still name one of the records that were merged.
fn use_old_id(association: &mut Association, number: u64) {
    let merged = association.customer.as_ref().and_then(merged_hubspot_ids);
    if let Some([first, second]) = merged {
        association.company = match number % 3 {
            0 => first,
            1 => second,
            _ => association.company,
        };
    }
}

fn whole_minute(second: i64) -> i64 {
    second - second.rem_euclid(60)
}

fn ticket(world: &World<'_>, day: Day, number: u64, opened: i64, customers: &[Customer]) -> Ticket {
    let day_number = u64::try_from(day - world.company.period.first).unwrap_or(0) + 1;
    let association = |customer: &Customer| Association {
        company: hubspot_id(customer),
        customer: Some(*customer),
        is_listed_twice: false,
    };
    Ticket {
        id: FIRST_ID + day_number * 10_000_000 + number,
        opened: whole_minute(opened),
        answered: None,
        closed: None,
        channel: "email",
        topic: "how_to",
        priority: "normal",
        agent: AGENTS[0],
        is_deleted: false,
        is_repeated: false,
        associations: customers.iter().map(association).collect(),
    }
}

/// One ticket for each flaw; all are closed within the hour but the one that was closed before it was opened.
fn planted(world: &World<'_>, day: Day, number: &mut u64, flaws: &mut Draw) -> Vec<Ticket> {
    let company = world.company;
    let mut customers: Vec<Customer> = Vec::new();
    for _ in 0..3 {
        let next =
            some_customer(company, flaws, day, |new| customers.iter().all(|known| known.index != new.index));
        customers.extend(next);
    }
    let merged = some_customer(company, flaws, day, |customer| merged_hubspot_ids(customer).is_some());
    let opened = i64::from(day) * 86_400 + 9 * 3_600;
    let mut next = |minutes: i64, customers: &[Customer]| {
        *number += 1;
        let mut ticket = ticket(world, day, *number, opened, customers);
        ticket.closed = Some(ticket.opened + minutes * 60);
        ticket
    };
    let two = next(50, &customers[..customers.len().min(2)]);
    let three = next(40, &customers);
    let nobody = next(30, &[]);
    let mut orphan = next(25, &[]);
    orphan.associations.push(Association { company: ORPHAN, customer: None, is_listed_twice: false });
    let mut before = next(-2_880, &customers[..customers.len().min(1)]);
    before.answered = Some(before.opened);
    let mut deleted = next(20, &customers[..customers.len().min(1)]);
    deleted.is_deleted = true;
    let mut repeated = next(35, &customers[..customers.len().min(1)]);
    repeated.is_repeated = true;
    let mut twice = next(45, &customers[..customers.len().min(1)]);
    twice.associations.iter_mut().for_each(|association| association.is_listed_twice = true);
    let mut old = next(55, merged.as_slice());
    old.associations.iter_mut().for_each(|association| use_old_id(association, 0));
    vec![two, three, nobody, orphan, before, deleted, repeated, twice, old]
}

/// Writes a customer's company; the first one stands twice.
pub(super) fn write_company(_company: &Company, customer: &Customer, table: &mut TextTable) -> Result<()> {
    let merged = merged_hubspot_ids(customer);
    table
        .number(hubspot_id(customer))
        .text(&other_name(customer))
        .text(&company_domain(customer))
        .blank()
        .text(customer.country.name)
        .format(format_args!("{} 09:00", super::text::IsoDate(customer.acquired)))
        .text(&merged.map(|[first, second]| format!("{first};{second}")).unwrap_or_default());
    table.end_times(if customer.index == 0 { 2 } else { 1 })
}

/// Writes the tickets of a day.
pub(super) fn write_tickets(world: &World<'_>, day: Day, table: &mut TextTable) -> Result<()> {
    each_ticket(world, day, |ticket| {
        let agent = AGENTS.iter().position(|agent| *agent == ticket.agent).unwrap_or(0);
        table.number(ticket.id).boolean(false).boolean(ticket.is_deleted).timestamp(ticket.opened);
        match ticket.closed {
            Some(closed) => table.timestamp(closed),
            None => table.blank(),
        };
        match ticket.answered {
            Some(answered) => table.timestamp(answered),
            None => table.text("NaN"),
        };
        table
            .text("0")
            .text(if ticket.closed.is_some() { "4" } else { "1" })
            .text(&ticket.topic.to_uppercase())
            .text(&ticket.priority.to_uppercase())
            .format(format_args!("{}", 1_001 + agent))
            .format(format_args!("{} #{}", ticket.topic, ticket.id))
            .text(&ticket.channel.to_uppercase());
        table.end_times(if ticket.is_repeated { 2 } else { 1 })
    })
}

/// Writes which companies the tickets of a day concern.
pub(super) fn write_associations(world: &World<'_>, day: Day, table: &mut TextTable) -> Result<()> {
    each_ticket(world, day, |ticket| {
        for association in &ticket.associations {
            for category in
                ["HUBSPOT_DEFINED", "USER_DEFINED"].iter().take(1 + usize::from(association.is_listed_twice))
            {
                table.number(ticket.id).number(association.company).text(category).end()?;
            }
        }
        Ok(())
    })
}

/// Tells the tickets of a day that must be quarantined.
pub(super) fn each_quarantined(
    world: &World<'_>,
    day: Day,
    mut tell: impl FnMut(&Quarantined<'_>) -> Result<()>,
) -> Result<()> {
    each_ticket(world, day, |ticket| {
        if !ticket.is_repeated {
            return Ok(());
        }
        let key = ticket.id.to_string();
        tell(&Quarantined {
            table: "tickets",
            key: &key,
            fault: Fault::Duplicate,
            column: "",
            value: "",
            amount: None,
        })
    })
}

/// Tells the answers of a day.
pub(super) fn each_answer(
    world: &World<'_>,
    day: Day,
    tell: impl FnMut(&surveys::Answer) -> Result<()>,
) -> Result<()> {
    surveys::each_answer(world.company, world.size, day, &mut Table::Surveys.draw(world.company, day), tell)
}

/// Writes the answers of a day.
pub(super) fn write_answers(world: &World<'_>, day: Day, table: &mut TextTable) -> Result<()> {
    let day_number = u64::try_from(day - world.company.period.first).unwrap_or(0) + 1;
    let mut number = day_number * 10_000_000;
    each_answer(world, day, |answer| {
        number += 1;
        let kind = answer.kind.to_uppercase();
        table
            .format(format_args!("fb-{number}"))
            .text(&kind)
            .format(format_args!("{kind} 0-{}", answer.highest))
            .format(format_args!("{}", answer.highest))
            .text("EMAIL")
            .number(answer.score)
            .text(response_group(answer))
            .timestamp(answer.answered);
        match &answer.customer {
            Some(customer) => {
                let user = answer.user;
                table.format(format_args!("u{user:03} (u{user:03}@{})", domain(customer)));
                table.number(hubspot_id(customer));
            }
            None => {
                table.blank().blank();
            }
        }
        table.end()
    })
}

fn response_group(answer: &surveys::Answer) -> &'static str {
    match (answer.kind, answer.score) {
        ("nps", 9..) => "PROMOTER",
        ("nps", 7..) => "PASSIVE",
        ("nps", _) => "DETRACTOR",
        _ => "",
    }
}
