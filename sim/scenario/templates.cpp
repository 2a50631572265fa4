#include "sojourn/scenario/templates.hpp"

#include "shipped_templates.hpp"

namespace sojourn {
namespace {

constexpr std::string_view commented = R"toml(#:schema ./sojourn.schema.json
# A scenario for Sojourn. Editors that know TOML complete and check its keys with the file named above; `sojourn schema -o
# sojourn.schema.json` writes it. A key that is not marked "required" may be left out.
#
#   sojourn check my.toml      every error and warning, nothing is run
#   sojourn map my.toml        draws the journey
#   sojourn run my.toml        simulates the baseline
#   sojourn compare my.toml    every plan against the baseline
#
# Durations carry their unit: "12 minutes", "36 hours", "3 days", "2 weeks", "6 months", "1 year"; a bare number is days.
# Text stands in quotes, a percentage is written as a share (0.2), a decimal point is a point.
# The figures here are made up. Replace them by your own, and say next to each where it comes from.

schema = 1                              # required: the version of this format

[scenario]
title = "A subscription from the first ad to the second year"    # required
question = "Does a better welcome or a faster service desk keep more customers for its money?"
start = 2026-01-01                      # the date of day 0
horizon = "24 months"                   # required: how long is simulated
window = "1 week"                       # step of the time series; ramps move in these steps
customers = 20_000                      # required: people simulated; more people, narrower intervals
market = 400_000                        # real people that they stand for; left out: as many as customers
replications = 10                       # repeated with other luck, for the intervals
seed = 42                               # the same seed gives the same numbers
currency = "EUR"
discount = 0.08                         # per year, for net present values
goal = "npv"                            # what decides between plans; "retained" keeps most, { npv = 1, nps = 20_000 } weighs both

# Personas: the few kinds of people who differ in what keeps them. Traits are numbers or distributions:
#   0.6   { uniform = [0.4, 0.8] }   { normal = { mean = 0.6, sd = 0.1 } }   { beta = [6, 4] }
#   { lognormal = { median = 1, sigma = 0.5 } }
[[persona]]
id = "busy"                             # required: letters, digits, '-' and '_'
name = "Busy professional"
share = 0.6                             # required: shares of all personas sum to 1
starts = { see-ad = 0.8, hear-friend = 0.2 }            # where the journey begins, and for which share
arrives = { uniform = ["0 days", "90 days"] }           # when it begins; left out: all at once on day 0
traits.expectation = { beta = [6, 4] }  # what is expected at first, 0 to 1; left out: 0.6
traits.effort_aversion = 0.3            # how much effort spoils a visit; left out: 0.2
traits.loss_aversion = 2.0              # how much more a disappointment weighs than a pleasant surprise; left out: 2
channels = { app = 2.0 }                # multiplies the odds of exits into a channel

[[persona]]
id = "careful"
name = "Careful family"
share = 0.4
starts = { see-ad = 0.5, hear-friend = 0.5 }
arrives = { uniform = ["0 days", "90 days"] }
traits.expectation = 0.55
odds = [ { from = "compare", to = "sign-up", times = 0.7 } ]   # this persona at this exit

[[channel]]
id = "web"
online = true

[[channel]]
id = "app"
online = true

[[channel]]
id = "phone"

[[channel]]
id = "friends"
controlled = false                      # outside the company

[[team]]
id = "marketing"

[[team]]
id = "service"

[[handover]]                            # what is known about a customer is lost between teams; not listed: nothing is lost
from = "marketing"
to = "service"
carry = 0.5                             # the chance that it survives

# Touchpoints: one encounter each. `next` says where it leads. Exits compete by their odds; a slope bends the odds with
# what the customer feels: satisfaction = 2 multiplies them by e at full satisfaction and by 1/e at none.
[[touchpoint]]
id = "see-ad"
name = "Sees an ad"
stage = "awareness"                     # required: awareness, consideration, selection, purchase, retention or advocacy
channel = "web"
team = "marketing"
quality = { mean = 0.55, sd = 0.15 }    # how good the encounter is, 0 to 1; left out: 0.5 and 0.15
effort = 0.1                            # what it takes the customer, 0 to 1; left out: 0
promise = 0.75                          # what it makes people expect, 0 to 1; left out: it promises nothing
cost = 0.4                              # of one visit, in currency
next = [
  { to = "compare", odds = 1.0, after = "2 days", expectation = 2.0 },
  { to = "not-interested", odds = 2.0, after = "1 day" },
]

[[touchpoint]]
id = "hear-friend"
name = "Hears of it from a friend"
stage = "awareness"
channel = "friends"
quality = 0.65                          # short for { mean = 0.65 }
next = [
  { to = "compare", odds = 2.0, after = "1 day" },
  { to = "not-interested", odds = 1.0, after = "1 day" },
]

[[touchpoint]]
id = "compare"
name = "Compares offers"
stage = "consideration"
channel = "web"
team = "marketing"
quality = 0.5
effort = 0.4
next = [                                # a delay may be a distribution
  { to = "sign-up", odds = 1.0, after = { lognormal = { median = "3 days", sigma = 0.8 } }, satisfaction = 2.0 },
  { to = "not-interested", odds = 1.0, after = { exponential = { mean = "5 days" } } },
]

[[touchpoint]]
id = "sign-up"
name = "Signs up"
stage = "purchase"                      # from the first visit to a purchase on, people are customers
channel = "app"
team = "marketing"
quality = { mean = 0.6, sd = 0.2 }
effort = 0.3
cost = 2.0
revenue = 15.0                          # of one visit
next = [ { to = "first-weeks", odds = 1.0, after = "1 day" } ]

[[touchpoint]]
id = "first-weeks"
name = "The first weeks"
stage = "retention"
channel = "app"
team = "service"
quality = { mean = 0.5, sd = 0.2 }
effort = 0.3
weight = 2.5                            # a moment of truth is remembered longer; left out: 1
revenue_per_month = 19.0                # while the customer is here
cost_per_month = 4.0
next = [
  { to = "everyday", odds = 6.0, after = "30 days", satisfaction = 1.0 },
  { to = "service-desk", odds = 2.0, after = "10 days" },
  { to = "cancelled", probability = 0.02, after = "30 days" },   # a fixed share goes first, whatever the odds
]

[[touchpoint]]
id = "everyday"
name = "Everyday use"
stage = "retention"
channel = "app"
team = "service"
quality = 0.6
revenue_per_month = 19.0
cost_per_month = 4.0
next = [
  { to = "everyday", odds = 20.0, after = "1 month", satisfaction = 1.0 },
  { to = "service-desk", odds = 1.5, after = { weibull = { scale = "20 days", shape = 1.5 } } },
  { to = "recommends", odds = 0.5, after = "1 month", satisfaction = 3.0 },
  { to = "cancelled", odds = 0.6, after = "1 month", satisfaction = -4.0 },
]

[[touchpoint]]
id = "service-desk"
name = "Calls the service desk"
stage = "retention"
channel = "phone"
team = "service"
quality = { mean = 0.45, sd = 0.2 }
effort = 0.5
weight = 1.5
cost = 6.0
revenue_per_month = 19.0
cost_per_month = 4.0
next = [
  { to = "everyday", odds = 5.0, after = "2 days", satisfaction = 1.0 },
  { to = "cancelled", odds = 0.5, after = "5 days", satisfaction = -3.0, effort = 1.0 },
]

[[touchpoint]]
id = "recommends"
name = "Recommends it"
stage = "advocacy"
channel = "friends"
quality = 0.7
revenue_per_month = 19.0
cost_per_month = 4.0
next = [ { to = "everyday", odds = 1.0, after = "1 month" } ]

[[touchpoint]]
id = "not-interested"
stage = "awareness"
end = "lost"                            # left before buying; an end has no exits

[[touchpoint]]
id = "cancelled"
stage = "retention"
end = "churned"                         # left after buying

# Improvements cost money and belong to plans. An effect adds ("+0.1"), changes by a percentage ("-20%") or sets ("= 0.9")
# quality, effort, weight, promise, carry, odds, probability, delay, cost, revenue, ... of what the target names.
[[improvement]]
id = "welcome"
name = "A welcome that explains everything"
target = { touchpoint = "first-weeks" } # touchpoint, channel, team, stage, persona, exit_to; several are combined by "and"
effect = { quality = "+0.2", effort = "-30%" }
start = "1 month"                       # left out: from day 0
ramp = { linear = "3 months" }          # how it comes in; or { s_curve = "3 months" }; left out: at once
cost = { once = 150_000, per_month = 2_000 }

[[improvement]]
id = "call-back"
name = "The service desk calls back within the hour"
target = { touchpoint = "service-desk" }
effect = { quality = "+0.15", delay = "-50%" }
cost = { once = 40_000, per_month = 9_000, per_visit = 1.5 }

# Events are the same without cost, and happen in every plan.
[[event]]
id = "outage"
name = "The app is down for a week"
target = { channel = "app", stage = "retention" }
effect = { quality = "-0.25" }
start = "5 months"
end = "5.25 months"

# Plans are compared with the baseline, which does nothing.
[[plan]]
id = "good-start"
name = "A good start"
improvements = ["welcome"]

[[plan]]
id = "both"
name = "A good start and a quick desk"
improvements = ["welcome", "call-back"]
)toml";

constexpr std::string_view minimal = R"toml(#:schema ./sojourn.schema.json
schema = 1

[scenario]
title = "The smallest journey"
horizon = "12 months"
customers = 10_000

[[persona]]
id = "everybody"
share = 1
starts = { buy = 1 }

[[touchpoint]]
id = "buy"
stage = "purchase"
next = [ { to = "use", odds = 1, after = "1 day" } ]

[[touchpoint]]
id = "use"
stage = "retention"
quality = 0.6
revenue_per_month = 10
next = [
  { to = "use", odds = 9, after = "1 month" },
  { to = "churned", odds = 1, after = "1 month", satisfaction = -3 },
]

[[touchpoint]]
id = "churned"
stage = "retention"
end = "churned"

[[improvement]]
id = "better"
target = { touchpoint = "use" }
effect = { quality = "+0.1" }
cost = { once = 1_000 }

[[plan]]
id = "improve"
improvements = ["better"]
)toml";

}  // namespace

const std::vector<Template>& templates() {
  static const std::vector<Template> all{
      {"commented", "a small subscription journey, every key of common use explained", commented},
      {"minimal", "the smallest scenario with a plan to compare", minimal},
      {"insurer", "an existing book beside new business, a policy year, a storm each November",
       shipped_templates::insurer_book},
      {"service-line", "a line with a week and a season: office hours, winters, shifts", shipped_templates::service_line},
      {"streaming", "prices, levels of an improvement, a rival, a budget of quarters", shipped_templates::streaming},
      {"printer-support", "a help article that everybody clicks and few are helped by", shipped_templates::printer_support},
      {"perception-gap", "what a company believes of its customers, and what they say", shipped_templates::perception_gap},
      {"bank-silos", "four teams with goals of their own, and a map of the journey that nobody walked",
       shipped_templates::bank_silos},
      {"loyalty-programme", "members stay longer: because of the programme, or because of who they are?",
       shipped_templates::loyalty_programme},
      {"closed-loop", "low answers are followed up, and a score switches an improvement on", shipped_templates::closed_loop},
      {"right-message", "one better message for all, or for each what they need", shipped_templates::right_message},
      {"coffee", "five touchpoints: mend the worst one, or the one that guests remember?", shipped_templates::coffee},
      {"gym", "a journey without slopes, which sojourn solve computes; what its author does not know",
       shipped_templates::gym},
      {"telecom", "a full journey: four personas, nine channels, four teams, three plans", shipped_templates::telecom},
      {"two-tills", "a queue at two tills that are busy 85 % of the time", shipped_templates::two_tills},
      {"contact-centre", "a queue call by call: shifts, patience, service level, weeks of overload",
       shipped_templates::contact_centre},
      {"retail-word-of-mouth", "talk among friends and public reviews", shipped_templates::retail_word_of_mouth},
      {"b2b-software", "firms that decide together: roles, gates, vetoes", shipped_templates::b2b_software},
      {"repeat-purchases", "how often each customer buys, and when they leave, as BG/NBD has it",
       shipped_templates::repeat_purchases},
      {"policy-year", "a clock, anniversaries, a counter that fades", shipped_templates::policy_year},
  };
  return all;
}

const std::vector<ShippedLesson>& shipped_lessons() { return shipped_templates::lessons; }

}  // namespace sojourn
