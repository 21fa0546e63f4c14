//! Drift: accounts, contacts, conversations and their messages. Times are epoch milliseconds.
//!
//! [`each_conversation`] tells the chats of a day, bots included; the exports and the truth are written from it.

use super::{
    World,
    flaws::{Fault, Quarantined, plantings, some_customer},
    identity::{Link, domain, drift_account, drift_contact, drift_contacts, link, matched_id, other_name},
    text::TextTable,
};
use crate::{
    error::Result,
    sample::{
        calendar::Day,
        company::{Company, Customer},
        names::AGENTS,
        random::Draw,
        tables::{Table, interactions},
    },
};

/// The stream of chance of what is said.
const STREAM: u64 = 105;

/// The number of the first conversation of a day that exists for a flaw.
const FIRST_PLANTED: u64 = 8_000_001;

/// Ids are long, and no other system's.
const FIRST_ID: u64 = 300_000_000_000;

/// A longer gap before an agent's message counts this much.
const CAP_MINUTES: i64 = 10;

/// The bots' ids: one is marked on its messages and in the list of users, the other in the list alone.
const GREETER: u64 = 900;
const SURVEYOR: u64 = 901;
const FIRST_AGENT: u64 = 1_001;

/// Contacts without an address, and with one of a free-mail provider.
const ANONYMOUS: [u64; 3] = [1, 2, 3];
const FREE_MAIL: [(u64, &str); 3] =
    [(11, "jan@gmail.com"), (12, "sales.smith@outlook.com"), (13, "eva@seznam.cz")];

pub(super) const ACCOUNT_HEADER: &[&str] =
    &["accountId", "name", "domain", "ownerId", "targeted", "deleted", "createDateTime", "updateDateTime"];
pub(super) const CONTACT_HEADER: &[&str] = &["id", "createdAt", "attributes_email", "attributes_name"];
pub(super) const CONVERSATION_HEADER: &[&str] =
    &["id", "contactId", "inboxId", "status", "createdAt", "updatedAt", "relatedPlaybookId"];
pub(super) const MESSAGE_HEADER: &[&str] =
    &["id", "conversationId", "createdAt", "type", "body", "author_type", "author_id", "author_bot"];
pub(super) const USER_HEADER: &[&str] = &["id", "name", "email", "bot", "role", "createdAt"];

/// Who writes a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Author {
    Contact,
    Agent(u64),
    Bot(u64),
}

#[derive(Debug, Clone, Copy)]
struct Message {
    author: Author,
    /// Minutes since the conversation began.
    minute: i64,
}

/// A chat.
pub(super) struct Conversation {
    pub id: u64,
    /// Whom it concerns, if the contact's address says so.
    pub customer: Option<Customer>,
    contact: u64,
    pub opened: i64,
    pub agent: &'static str,
    messages: Vec<Message>,
    is_last_repeated: bool,
}

impl Conversation {
    /// Minutes of work: the gaps before the messages of people who answer, each capped.
    pub(super) fn minutes(&self) -> i64 {
        let pairs = self.messages.windows(2).filter(|pair| matches!(pair[1].author, Author::Agent(_)));
        pairs.map(|pair| (pair[1].minute - pair[0].minute).min(CAP_MINUTES)).sum()
    }

    pub(super) fn customer_id(&self) -> String {
        matched_id(self.customer.as_ref())
    }

    /// When the last message was written.
    pub(super) fn ended(&self) -> i64 {
        self.opened + 60 * self.messages.last().map_or(0, |message| message.minute)
    }
}

/// Tells the chats of a day.
pub(super) fn each_conversation(
    world: &World<'_>,
    day: Day,
    mut tell: impl FnMut(&Conversation) -> Result<()>,
) -> Result<()> {
    let company = world.company;
    let mut said = Draw::new(company.seed, STREAM, u64::try_from(day).unwrap_or(0));
    let mut draw = Table::Interactions.draw(company, day);
    interactions::each_interaction(company, world.size, day, &mut draw, |interaction, customers| {
        if interaction.channel != "chat" {
            return Ok(());
        }
        let opened = interaction.opened - interaction.opened.rem_euclid(60);
        let customer = customers.first().copied().flatten();
        let is_anonymous = said.chance(60);
        let customer = customer.filter(|_| !is_anonymous);
        let mut chat = chat(world, day, interaction.number, customer, opened, &mut said);
        chat.is_last_repeated = said.chance(3);
        tell(&chat)
    })?;
    let mut number = FIRST_PLANTED;
    for _ in 0..plantings(&company.period, world.size.revenue_rows, day) {
        let customer = some_customer(company, &mut said, day, |_| true);
        let opened = i64::from(day) * 86_400 + 10 * 3_600;
        // With a customer, without an address, and with one that is everybody's; the first repeats itself.
        for (position, customer) in [customer, None, None].into_iter().enumerate() {
            let mut chat = chat(world, day, number, customer, opened, &mut said);
            match position {
                0 => chat.is_last_repeated = true,
                1 => chat.contact = ANONYMOUS[0],
                _ => chat.contact = FREE_MAIL[0].0,
            }
            tell(&chat)?;
            number += 1;
        }
    }
    Ok(())
}

fn chat(
    world: &World<'_>,
    day: Day,
    number: u64,
    customer: Option<Customer>,
    opened: i64,
    said: &mut Draw,
) -> Conversation {
    let day_number = u64::try_from(day - world.company.period.first).unwrap_or(0) + 1;
    let contact = match &customer {
        Some(customer) => drift_contact(customer, 1 + said.below(drift_contacts(customer))),
        None if said.chance(700) => ANONYMOUS[usize::try_from(said.below(3)).unwrap_or(0)],
        None => FREE_MAIL[usize::try_from(said.below(3)).unwrap_or(0)].0,
    };
    let agent = said.below(AGENTS.len() as u64);
    // The greeting comes before anybody has written, the farewell after the last answer.
    let mut messages = vec![Message { author: Author::Bot(GREETER), minute: 0 }];
    let mut minute = 0;
    for _ in 0..=said.below(4) {
        minute += 1 + minutes(said.below(6));
        messages.push(Message { author: Author::Contact, minute });
        let wait = if said.chance(150) { 10 + said.below(50) } else { 1 + said.below(10) };
        minute += minutes(wait);
        messages.push(Message { author: Author::Agent(FIRST_AGENT + agent), minute });
    }
    messages.push(Message { author: Author::Bot(SURVEYOR), minute: minute + 3 });
    Conversation {
        id: FIRST_ID + day_number * 10_000_000 + number,
        customer,
        contact,
        opened,
        agent: AGENTS[usize::try_from(agent).unwrap_or(0)],
        messages,
        is_last_repeated: false,
    }
}

fn minutes(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(0)
}

/// Writes a customer's account.
pub(super) fn write_account(_company: &Company, customer: &Customer, table: &mut TextTable) -> Result<()> {
    let domain = match link(customer) {
        Link::DressedDomain => format!("www.{}", domain(customer)),
        _ => domain(customer),
    };
    let created = i64::from(customer.acquired) * 86_400_000;
    table
        .text(&drift_account(customer))
        .text(&other_name(customer))
        .text(&domain)
        .format(format_args!("{}", FIRST_AGENT + customer.index % 12))
        .text("false")
        .text("false")
        .format(format_args!("{created}"))
        .format(format_args!("{created}"));
    table.end()?;
    if customer.index == 0 {
        // An account that was never filled in: nothing must match it.
        table
            .text("1_NaN")
            .text("NaN")
            .text("NaN")
            .text("1001")
            .text("false")
            .text("false")
            .text("NaN")
            .text("NaN");
        table.end()?;
    }
    Ok(())
}

/// Writes a customer's contacts; those that belong to nobody stand before the first.
pub(super) fn write_contacts(_company: &Company, customer: &Customer, table: &mut TextTable) -> Result<()> {
    let created = i64::from(customer.acquired) * 86_400_000;
    if customer.index == 0 {
        let anonymous = ANONYMOUS.into_iter().map(|id| (id, if id == 1 { "NaN" } else { "" }));
        for (id, email) in anonymous.chain(FREE_MAIL) {
            table.number(id).format(format_args!("{created}")).text(email).blank().end()?;
        }
    }
    for user in 1..=drift_contacts(customer) {
        table
            .number(drift_contact(customer, user))
            .format(format_args!("{created}"))
            .format(format_args!("U{user:03}@{}", domain(customer)))
            .format(format_args!("User {user}"))
            .end()?;
    }
    Ok(())
}

/// Writes the people and bots who answer.
pub(super) fn write_users(table: &mut TextTable) -> Result<()> {
    let bots = [(GREETER, "Greeter"), (SURVEYOR, "Surveyor")];
    for (id, name) in bots {
        table.number(id).text(name).blank().text("true").text("agent").text("1600000000000").end()?;
    }
    for (id, name) in (FIRST_AGENT..).zip(AGENTS) {
        table
            .number(id)
            .text(name)
            .format(format_args!("{name}@support.example"))
            .text("false")
            .text("agent")
            .text("1600000000000")
            .end()?;
    }
    Ok(())
}

/// Writes the conversations of a day.
pub(super) fn write_conversations(world: &World<'_>, day: Day, table: &mut TextTable) -> Result<()> {
    each_conversation(world, day, |chat| {
        table
            .number(chat.id)
            .number(chat.contact)
            .text("7")
            .text("open")
            .format(format_args!("{}", chat.opened * 1_000))
            .format(format_args!("{}", chat.ended() * 1_000))
            .blank();
        table.end()
    })
}

/// Writes the messages of a day.
pub(super) fn write_messages(world: &World<'_>, day: Day, table: &mut TextTable) -> Result<()> {
    each_conversation(world, day, |chat| {
        let last = chat.messages.len() - 1;
        for (position, message) in chat.messages.iter().enumerate() {
            let (kind, author, is_bot) = match message.author {
                Author::Contact => ("contact", chat.contact, "false"),
                Author::Agent(id) => ("user", id, "false"),
                Author::Bot(GREETER) => ("user", GREETER, "true"),
                Author::Bot(id) => ("user", id, ""),
            };
            table
                .text(&message_id(chat, position))
                .number(chat.id)
                .format(format_args!("{}", (chat.opened + 60 * message.minute) * 1_000))
                .text("chat")
                .text("<p>Hello, \"there\"</p>")
                .text(kind)
                .number(author)
                .text(is_bot);
            table.end_times(if chat.is_last_repeated && position == last { 2 } else { 1 })?;
        }
        Ok(())
    })
}

fn message_id(chat: &Conversation, position: usize) -> String {
    format!("m{}-{position}", chat.id)
}

/// Tells the messages of a day that must be quarantined.
pub(super) fn each_quarantined(
    world: &World<'_>,
    day: Day,
    mut tell: impl FnMut(&Quarantined<'_>) -> Result<()>,
) -> Result<()> {
    each_conversation(world, day, |chat| {
        if !chat.is_last_repeated {
            return Ok(());
        }
        let key = message_id(chat, chat.messages.len() - 1);
        tell(&Quarantined {
            table: "messages",
            key: &key,
            fault: Fault::Duplicate,
            column: "",
            value: "",
            amount: None,
        })
    })
}
