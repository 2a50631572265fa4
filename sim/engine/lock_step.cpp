// Lives many customers in lock step. Compiled once for each vector width, with SOJOURN_LIVE naming the one function that
// leaves this file: everything else has internal linkage or is forced inline.
#include "lock_step.hpp"

#include <bit>

#include "lock_step_columns.hpp"
#include "lock_step_people.hpp"
#include "sojourn/base/random.hpp"
#include "sojourn/base/wide_philox.hpp"
#include "sojourn/behaviour/choice.hpp"
#include "sojourn/behaviour/money.hpp"
#include "sojourn/behaviour/recommendation.hpp"
#include "sojourn/behaviour/review.hpp"
#include "sojourn/behaviour/survey.hpp"
#include "sojourn/tally/tally.hpp"

namespace sojourn::lock_step {
namespace {

namespace b = behaviour;
using numeric::greater;

/// The block at work.
class Block {
 public:
  Block(const Tables& tables, const Task& task)
      : t_(tables),
        task_(task),
        days_to_purchase_(task.cells + tables.shape.person(0, PersonScore::days_to_purchase)),
        bought_(task.cells + tables.shape.time(0, 0, TimeScore::bought)),
        next_(task.begin),
        since_flush_(task.unflushed),
        looked_at_(task.begin - task.first) {}

  Done live() {
    if (task_.served != nullptr) {
      live_served();
    } else if (task_.store != nullptr) {
      live_window();
    } else {
      live_whole_lives();
    }
    done_.unflushed = since_flush_;
    return done_;
  }

 private:
  /// Every lane holds one customer from the first visit to the last.
  void live_whole_lives() {
    while (lanes_ < lane_count && begin(lanes_)) ++lanes_;
    while (lanes_ > 0 && !done_.endless) {
      visit();
      move(), lap(Step::move);
    }
  }

  /// Every visit takes its customer out of the store and puts it back.
  void live_window() {
    look_ahead();
    for (start(); resume() && !done_.endless; start()) {
      lap(Step::move);
      if (lanes_ == 0) continue;
      visit();
      store_back(), lap(Step::move);
    }
  }

  /// The visits of those who were served at queues, then what else they do in the window.
  void live_served() {
    std::uint32_t again = 0;
    for (std::uint32_t k = 0; k < task_.served_count && !done_.endless; k += lane_count) {
      start();
      take_out_served(k), lap(Step::move);
      visit();
      store_back(), lap(Step::move);
      // The place of those who have been served is free.
      for (int i = 0; i < again_; ++i) task_.served[again++].customer = task_.first + s_.kept[i];
      again_ = 0;
    }
    EACH_LANE
    for (int i = 0; i < lane_count; ++i) s_.strain[i] = 0.0f;
    looked_at_ = 0;
    listed_ = again;
    if (again > 0) live_window();
  }

  void visit() {
    padded_ = (lanes_ + 15) & ~15;
    start();
    fetch(), lap(Step::fetch);
    draw(), lap(Step::draw);
    experience();
    if (t_.solving) solve();
    lap(Step::experience);
    record(), lap(Step::record);
    if (task_.market != nullptr) meet_market();
    choose(), lap(Step::choose);
    draw_delays();
    if (t_.asks_at_intervals && task_.market == nullptr) ask_while_staying();
    lap(Step::delay);
  }

  void start() {
    if (task_.ticks != nullptr) tick_ = processor_ticks();
  }
  void lap(Step step) {
    if (task_.ticks == nullptr) return;
    const std::uint64_t before = tick_;
    tick_ = processor_ticks();
    task_.ticks[static_cast<int>(step)] += tick_ - before;
  }

  [[nodiscard]] const float* column(int field) const { return s_.row[field]; }
  [[nodiscard]] const std::int32_t* integers(int field) const {
    return reinterpret_cast<const std::int32_t*>(s_.row[field]);
  }
  [[nodiscard]] std::size_t cell(std::int32_t persona, std::int32_t window) const {
    return static_cast<std::size_t>(persona * t_.windows + window);
  }

  void fetch() {
    if (!t_.still) fetch_groups(0, 1);
    if (!t_.constant_choice) fetch_groups(1, 3);
    fetch_groups(3, 4);
    if (t_.carries != nullptr || t_.couples || t_.solving || t_.visit_survey_count > 0 || t_.watches) {
      fetch_groups(4, 5);
    }
    if (t_.most_exits > 4) fetch_groups(5, 7);
    if (t_.most_exits > 4 || t_.trait_bound) fetch_groups(7, 8);
    if (t_.hears) fetch_groups(8, 9);
  }
  void fetch_groups(int begin, int end) {
    for (int i = 0; i < padded_; i += 8) {
      for (int group = begin; group < end; ++group) fetch_group(t_.rows, c_.row, group, s_.row, i);
    }
  }

  void draw() {
    const auto purpose = static_cast<std::uint32_t>(Purpose::visit) | (task_.replication << 8);
    philox_columns(c_.customer, purpose, c_.event, padded_, task_.seed[0], task_.seed[1],
                   {s_.words[0], s_.words[1], s_.words[2], s_.words[3]});
  }

  /// Whether context is lost on the way from one team to another.
  void hand_over() {
    const auto purpose = static_cast<std::uint32_t>(Purpose::visit) | (task_.replication << 8);
    philox_columns(c_.customer, purpose, c_.event, padded_, task_.seed[0], task_.seed[1],
                   {s_.more_words[0], s_.more_words[1], s_.more_words[2], s_.more_words[3]}, 1);
    const std::int32_t *row_team = integers(Field::team), *row_carry = integers(Field::carry);
    const float* carries = t_.carries;
    EACH_LANE
    for (int i = 0; i < padded_; ++i) {
      const std::int32_t to = row_team[i], from = c_.team[i], carry = row_carry[i] + from;
      const bool between = to >= 0 && from >= 0 && from != to;
      s_.repeated[i] = between ? 1 : 0;
      s_.carry_index[i] = between ? carry : 0;
      c_.team[i] = to >= 0 ? to : from;
    }
    for (int i = 0; i < padded_; ++i) s_.x[i] = carries[s_.carry_index[i]];
    EACH_LANE
    for (int i = 0; i < padded_; ++i) s_.repeated[i] &= uniform(s_.more_words[0][i]) >= s_.x[i] ? 1 : 0;
  }

  /// Expectations rise from one visit to the next.
  void drift() {
    for (int i = 0; i < lanes_; ++i) {
      double& last = carried(i)[t_.last_met];
      c_.expectation[i] = b::drift(c_.expectation[i], t_.expectation_drift, c_.time[i] - last);
      last = c_.time[i];
    }
  }

  void experience() {
    if (t_.still) {
      stand_still();
      return;
    }
    if (t_.carries != nullptr) {
      hand_over();
    } else {
      EACH_LANE
      for (int i = 0; i < padded_; ++i) s_.repeated[i] = 0;
    }
    if (t_.last_met >= 0) drift();
    // Several short loops: the processor looks ahead over as many lanes as their instructions fit in its window.
    if (t_.content != nullptr) {
      show_content();
      deliver([this](int i) __attribute__((always_inline)) { return s_.fit[i]; });
    } else {
      deliver([](int) __attribute__((always_inline)) { return 0.5f; });
    }
    const float *effort = column(Field::effort_mean), *weights = column(Field::weight);
    const float repeat_effort = t_.repeat_effort;
    const b::Appraisal appraisal = t_.appraisal;
    const b::Memory memory = t_.memory;
    EACH_LANE
    for (int i = 0; i < padded_; ++i) {
      const float f = b::exert(effort[i], s_.repeated[i] != 0 ? repeat_effort : 0.0f, s_.strain[i]);
      const float score =
          b::appraise(s_.quality[i], c_.expectation[i], f, c_.loss_aversion[i], c_.effort_aversion[i], appraisal);
      c_.satisfaction[i] = b::remember(c_.satisfaction[i], score, weights[i], memory);
      s_.effort[i] = f;
      s_.appraisal[i] = score;
    }
    const float *promised = column(Field::promise), *by = column(Field::promise_weight), adapt = t_.adapt;
    EACH_LANE
    for (int i = 0; i < padded_; ++i) {
      c_.expectation[i] = b::adapt(b::adapt(c_.expectation[i], s_.quality[i], adapt), promised[i], by[i]);
    }
    EACH_LANE
    for (int i = 0; i < padded_; ++i) {
      s_.touch[i][0] = fixed_score(s_.quality[i]);
      s_.touch[i][1] = fixed_score(s_.appraisal[i]);
    }
    if (t_.watches) watch_visits();
    if (t_.visit_survey_count > 0) ask_after_visits();
    const std::int32_t* flag = integers(Field::facts);
    const float base = t_.recommend_base, base_sd = t_.recommend_sd;
    EACH_LANE
    for (int i = 0; i < padded_; ++i) {
      const std::int32_t stands = b::promoter_class(b::recommend(c_.satisfaction[i], c_.answering[i], base, base_sd));
      const std::int32_t has_bought = c_.bought[i] | (flag[i] & RowFlag::purchase);
      const std::int32_t away_code = has_bought != 0 ? Code::churned : Code::lost;
      const std::int32_t here_code = has_bought != 0 ? Code::promoter + stands : Code::prospect;
      s_.stands[i] = stands;
      s_.bought[i] = has_bought;
      s_.code[i] = (flag[i] & RowFlag::away) != 0 ? away_code : here_code;
    }
    EACH_LANE
    for (int i = 0; i < padded_; ++i) {
      const std::int32_t counts = s_.code[i] >= Code::promoter ? -1 : 0;
      const std::int32_t counted_s = counts & fixed_score(c_.satisfaction[i]);
      const std::int32_t counted_e = counts & fixed_score(c_.expectation[i]);
      s_.series[i][0] = counted_s - c_.counted_satisfaction[i];
      s_.series[i][1] = counted_e - c_.counted_expectation[i];
      c_.counted_satisfaction[i] = counted_s;
      c_.counted_expectation[i] = counted_e;
    }
  }

  template <class Fit>
  SOJOURN_INLINE void deliver(Fit fit) {
    const float fit_weight = t_.fit_weight;
    const float *mean = column(Field::quality), *sd = column(Field::quality_sd);
    EACH_LANE
    for (int i = 0; i < padded_; ++i) {
      const NormalPair scores = normal_pair(s_.words[0][i], s_.words[2][i]);
      s_.quality[i] = b::deliver(mean[i], sd[i], scores.first, fit(i), fit_weight);
      s_.score[i] = scores.second;
    }
  }

  /// Which content is shown, and how well it fits.
  void show_content() {
    if (t_.content_by_chance) {
      const auto purpose = static_cast<std::uint32_t>(Purpose::content) | (task_.replication << 8);
      philox_columns(c_.customer, purpose, c_.event, padded_, task_.seed[0], task_.seed[1],
                     {s_.more_words[0], s_.more_words[1], s_.more_words[2], s_.more_words[3]});
      EACH_LANE
      for (int i = 0; i < padded_; ++i) s_.x[i] = sojourn::uniform(s_.more_words[0][i]);
    } else {
      // Any number between 0 and 1 is below a chance of 1, and above one of 0.
      EACH_LANE
      for (int i = 0; i < padded_; ++i) s_.x[i] = 0.5f;
    }
    for (int i = 0; i < padded_; ++i) {
      const ShownContent& content = t_.content[c_.row[i]];
      const int shown = s_.x[i] < content.personalisation ? 1 : 0;
      s_.fit[i] = content.fit[shown];
      s_.marks[i] = static_cast<std::uint8_t>(shown);
    }
    std::int64_t* const cells = task_.cells + t_.shape.touch(0, 0, TouchScore::matched);
    for (int i = 0; i < lanes_; ++i) {
      std::int64_t* const at = cells + static_cast<std::size_t>(c_.place[i]) * touch_score_count;
      const std::int32_t* const scores = t_.content[c_.row[i]].scores[s_.marks[i]];
      for (int k = 0; k < 3; ++k) at[k] += scores[k];
    }
  }

  /// Surveys that follow visits: what everybody would say, and what those say who are asked.
  void ask_after_visits() {
    const float base = t_.recommend_base, sd = t_.recommend_sd;
    for (std::int32_t k = 0; k < t_.visit_survey_count; ++k) {
      const VisitSurvey& survey = t_.visit_surveys[k];
      if (survey.asks == 0) {
        EACH_LANE
        for (int i = 0; i < padded_; ++i) {
          s_.answer[i] = b::promoter_value(b::recommend(c_.satisfaction[i], c_.answering[i], base, sd));
        }
      } else if (survey.asks == 1) {
        EACH_LANE
        for (int i = 0; i < padded_; ++i) s_.answer[i] = b::point_on_scale(s_.appraisal[i], 1, 4);
      } else {
        EACH_LANE
        for (int i = 0; i < padded_; ++i) s_.answer[i] = b::point_on_scale(1.0f - s_.effort[i], 1, 6);
      }
      std::int64_t* const cells =
          task_.cells + t_.shape.survey(static_cast<std::size_t>(survey.number), 0, 0, SurveyScore::visits);
      for (int i = 0; i < lanes_; ++i) {
        std::int64_t* const at = cells + cell(c_.persona[i], c_.window[i]) * survey_score_count;
        at[0] += 1;
        at[1] += s_.answer[i];
      }
    }
    const std::int32_t *covered = integers(Field::surveys), *facts = integers(Field::facts);
    EACH_LANE
    for (int i = 0; i < padded_; ++i) {
      s_.marks[i] = covered[i] != 0 ? 1 : 0;
      s_.recovery[i] = -1;
    }
    const int count = list_marked();
    for (int k = 0; k < count; ++k) {
      const int i = s_.marked[k];
      const bool bought = c_.bought[i] != 0 || (facts[i] & RowFlag::purchase) != 0;
      Asking at = asking(i);
      at.referred = c_.introduced[i] != 0 && bought;
      const float lost = t_.ask_after_visit(task_, &at, t_.carried_width > 0 ? carried(i) : nullptr);
      s_.recovery[i] = at.recovery;
      if (lost > 0.0f) c_.satisfaction[i] = b::annoyed(c_.satisfaction[i], lost);
    }
  }
  /// Visits at which rules look.
  void watch_visits() {
    const std::int32_t* const watched = integers(Field::watched);
    for (int i = 0; i < lanes_; ++i) {
      if (watched[i] != 0) t_.watch_visit(task_, asking(i));
    }
  }
  [[nodiscard]] Asking asking(int i) const {
    return {c_.customer[i],
            c_.event[i],
            c_.persona[i],
            c_.place[i] - c_.persona[i] * t_.touchpoints,
            c_.window[i],
            c_.time[i],
            c_.satisfaction[i],
            c_.answering[i],
            s_.appraisal[i],
            s_.effort[i],
            referred(i),
            c_.code[i],
            -1};
  }

  /// Surveys at intervals: nothing else happens to a customer until the next visit.
  void ask_while_staying() {
    const double horizon = t_.horizon;
    EACH_LANE
    for (int i = 0; i < padded_; ++i) {
      const bool comes = c_.asked_at[i] <= horizon && (s_.moves[i] == 0 || c_.asked_at[i] < s_.time[i]);
      s_.marks[i] = comes ? 1 : 0;
    }
    const int count = list_marked();
    for (int k = 0; k < count; ++k) {
      const int i = s_.marked[k];
      Asking at = asking(i);
      t_.ask_while_staying(task_, &at, s_.moves[i] == 0 ? never : s_.time[i], carried(i));
      if (at.recovery >= 0) {
        s_.time[i] = at.time + t_.recoveries[at.recovery - t_.file_exits].within;
        s_.moves[i] = s_.time[i] > task_.until ? 2 : 1;
        lead_away(i, at.recovery);
      }
      c_.asked_at[i] = carried(i)[t_.first_asked];
      c_.satisfaction[i] = at.satisfaction;
      c_.code[i] = at.code;
      if (at.code >= Code::promoter) c_.counted_satisfaction[i] = fixed_score(at.satisfaction);
    }
  }

  /// Which visits solve the problem that brought people there.
  void solve() {
    const auto purpose = static_cast<std::uint32_t>(Purpose::solve) | (task_.replication << 8);
    philox_columns(c_.customer, purpose, c_.event, padded_, task_.seed[0], task_.seed[1],
                   {s_.more_words[0], s_.more_words[1], s_.more_words[2], s_.more_words[3]});
    const float* const chance = column(Field::solves);
    const std::int32_t* const by_trait = integers(Field::solves_trait);
    EACH_LANE
    for (int i = 0; i < padded_; ++i) {
      s_.solved[i] = sojourn::uniform(s_.more_words[0][i]) < chance[i] ? 1 : 0;
      s_.marks[i] = by_trait[i] != 0 ? 1 : 0;
    }
    const int own = list_marked();
    for (int k = 0; k < own; ++k) {
      const int i = s_.marked[k];
      const float here = t_.solving_chance(task_, c_.customer[i], c_.persona[i], c_.row[i]);
      s_.solved[i] = sojourn::uniform(s_.more_words[0][i]) < here ? 1 : 0;
    }
    std::int64_t* const first = task_.cells + t_.shape.touch(0, 0, TouchScore::solved);
    for (int i = 0; i < lanes_; ++i) first[static_cast<std::size_t>(c_.place[i]) * touch_score_count] += s_.solved[i];
  }

  /// What the visit means to others, and what others make of it: ratings and gates.
  void meet_market() {
    const MarketView& market = *task_.market;
    if (market.posting) post_reviews();
    const std::int32_t* coupling = integers(Field::coupling);
    apart_count_ = 0;
    if (t_.couples) {
      EACH_LANE
      for (int i = 0; i < padded_; ++i) {
        s_.marks[i] = (coupling[i] & Coupling::gate) != 0 ? 1 : 0;
      }
      const int marked = list_marked();
      for (int k = 0; k < marked; ++k) hold_at_gate(s_.marked[k]);
    }
    if (!t_.hears) return;
    const float reviews = market.reviews;
    EACH_LANE
    for (int i = 0; i < padded_; ++i) {
      const bool reads = (coupling[i] & Coupling::reads_reviews) != 0 && c_.bought[i] == 0;
      s_.heard[i] = reads ? c_.heard[i] + reviews : c_.heard[i];
    }
  }

  void post_reviews() {
    const MarketView& market = *task_.market;
    const auto purpose = static_cast<std::uint32_t>(Purpose::review) | (task_.replication << 8);
    philox_columns(c_.customer, purpose, c_.event, padded_, task_.seed[0], task_.seed[1],
                   {s_.more_words[0], s_.more_words[1], s_.more_words[2], s_.more_words[3]});
    const float probability = market.posting_probability, extremity = market.posting_extremity;
    EACH_LANE
    for (int i = 0; i < padded_; ++i) {
      const bool posts =
          sojourn::uniform(s_.more_words[0][i]) < b::posting_probability(s_.appraisal[i], probability, extremity);
      s_.marks[i] = posts && c_.code[i] >= Code::promoter ? 1 : 0;
    }
    const int posting = list_marked();
    *market.reviews_posted += static_cast<std::uint64_t>(posting);
    for (int k = 0; k < posting; ++k) {
      *market.stars_posted += static_cast<std::uint64_t>(b::rating(s_.appraisal[s_.marked[k]]));
    }
  }

  /// The customer in lane i has come to a touchpoint that may be a gate for the customer's account.
  void hold_at_gate(int i) {
    const MarketView& market = *task_.market;
    const std::int32_t touchpoint = c_.place[i] - c_.persona[i] * t_.touchpoints;
    if (!market.at_gate(market, c_.customer[i], touchpoint)) return;
    market.held(market.events, c_.customer[i], s_.effort[i], c_.event[i], s_.solved[i] != 0);
    apart_.lane[apart_count_] = i;
    apart_.luck[apart_count_] = c_.luck[i];
    ++apart_count_;
  }

  /// Those who are held have made no choice: their luck is what it was.
  void stay_at_gates() {
    for (int k = 0; k < apart_count_; ++k) {
      const int i = apart_.lane[k];
      c_.luck[i] = apart_.luck[k];
      s_.chosen[i] = -1;
    }
  }

  /// Where nothing is felt only a purchase or a leave of absence can change how a person stands.
  void stand_still() {
    if ((t_.families & (Family::normal | Family::lognormal)) != 0) {
      EACH_LANE
      for (int i = 0; i < padded_; ++i) s_.score[i] = normal_pair(s_.words[0][i], s_.words[2][i]).second;
    }
    const std::int32_t* flag = integers(Field::facts);
    EACH_LANE
    for (int i = 0; i < padded_; ++i) {
      const std::int32_t has_bought = c_.bought[i] | (flag[i] & RowFlag::purchase);
      const std::int32_t away_code = has_bought != 0 ? Code::churned : Code::lost;
      const std::int32_t here_code = has_bought != 0 ? Code::promoter + c_.stands[i] : Code::prospect;
      s_.bought[i] = has_bought;
      s_.code[i] = (flag[i] & RowFlag::away) != 0 ? away_code : here_code;
    }
  }

  /// Into the tallies. Scatters are scalar; a second loop, so that the first vectorises.
  void record() {
    done_.visits += static_cast<std::uint64_t>(lanes_);
    const std::int32_t* kinds = integers(Field::flow_kind);
    EACH_LANE
    for (int i = 0; i < padded_; ++i) {
      s_.cell[i] = c_.persona[i] * t_.windows + c_.window[i];
      s_.standing_changes[i] = s_.code[i] != c_.code[i] || kinds[i] != c_.flow_kind[i] ? 1 : 0;
    }
    int changing = 0;
    if (t_.still) {
      EACH_LANE
      for (int i = 0; i < padded_; ++i) s_.marks[i] = s_.standing_changes[i] != 0 ? 1 : 0;
      changing = list_marked();
      for (int k = 0; k < changing; ++k) count_customer_scores(s_.marked[k], s_.code[s_.marked[k]]);
    } else {
      auto* const touches = reinterpret_cast<Long2*>(task_.packed.touch);
      auto* const stocks = reinterpret_cast<Long2*>(task_.packed.series);
      const int lanes = lanes_;
      for (int i = 0; i < lanes; ++i) {
        touches[c_.place[i]] += widen(s_.touch[i]);
        stocks[s_.cell[i]] += widen(s_.series[i]);
        s_.marked[changing] = i;
        changing += s_.standing_changes[i];
      }
      if (t_.effort_varies || task_.served != nullptr) count_extra_effort();
    }
    for (int k = 0; k < changing; ++k) {
      const int i = s_.marked[k];
      const bool was_referred = referred(i);
      if (s_.code[i] != c_.code[i]) stand(i, s_.code[i], s_.bought[i]);
      if (t_.flows) flow(i, kinds[i], was_referred);
    }
    if (t_.counts_paid) pay();
    for (int i = 0; t_.shape.referrals && i < lanes_; ++i) pay_referred(i);
    for (int i = 0; t_.amount_place_of != nullptr && i < lanes_; ++i) pay_drawn(i);
  }

  /// Effort beyond the place's, and repeats.
  void count_extra_effort() {
    std::int64_t* const sums = task_.packed.extra_effort_and_repeats;
    EACH_LANE
    for (int i = 0; i < padded_; ++i) s_.extra_effort[i] = fixed_score(s_.effort[i]);
    for (int i = 0; i < lanes_; ++i) {
      const std::int32_t place = c_.place[i];
      sums[2 * place] += s_.extra_effort[i] - t_.place_scores[place].effort;
      sums[2 * place + 1] += s_.repeated[i];
    }
  }

  /// Satisfaction and expectation are summed over customers: who becomes one counts, who is none any more does not.
  void count_customer_scores(int i, std::int32_t code) {
    const bool counts = code >= Code::promoter;
    const std::int32_t counted_s = counts ? fixed_score(c_.satisfaction[i]) : 0;
    const std::int32_t counted_e = counts ? fixed_score(c_.expectation[i]) : 0;
    std::int64_t* series = task_.packed.series + 2 * cell(c_.persona[i], c_.window[i]);
    series[0] += counted_s - c_.counted_satisfaction[i];
    series[1] += counted_e - c_.counted_expectation[i];
    c_.counted_satisfaction[i] = counted_s;
    c_.counted_expectation[i] = counted_e;
  }

  /// From one standing to another at the visit at hand; also the first purchase and the end of a tenure.
  void stand(int i, std::int32_t code, std::int32_t bought) {
    std::int16_t* codes = task_.packed.codes + 8 * cell(c_.persona[i], c_.window[i]);
    --codes[c_.code[i]];
    ++codes[code];
    if (bought != 0 && c_.bought[i] == 0) {
      ++bought_[cell(c_.persona[i], c_.window[i]) * time_score_count];
      days_to_purchase_[static_cast<std::size_t>(c_.persona[i]) * person_score_count] +=
          fixed(c_.time[i] - c_.since[i], t_.shape.scales.days);
      c_.since[i] = c_.time[i];
      if (task_.store != nullptr && task_.store->voice != nullptr) introduce(i);
    }
    if (code == Code::churned && c_.code[i] != Code::churned) {
      if (c_.tenure_counted[i] == 0) tenure(i, c_.time[i], TenureScore::churned);
      c_.tenure_counted[i] = 1;
      c_.since[i] = c_.time[i];
    }
    // Among customers a change of what they would answer is none of their standing.
    if (task_.market != nullptr && task_.market->accounts != nullptr &&
        (code < Code::promoter || c_.code[i] < Code::promoter)) {
      task_.market->standing_changes(task_.market->events, c_.customer[i], c_.code[i], code);
    }
    c_.code[i] = code;
    c_.bought[i] = bought;
  }

  /// A purchase at the visit at hand, of somebody who may have heard of the company from a customer.
  void introduce(int i) {
    std::uint32_t& by = task_.store->kept[s_.kept[i]].introduced_by;
    if (by < came_alone) {
      ++task_.cells[t_.shape.person(static_cast<std::size_t>(c_.persona[i]), PersonScore::referred)];
      ++task_.cells[t_.shape.person(task_.store->kept[by - task_.first].persona, PersonScore::brought)];
    } else {
      by = came_alone;
    }
  }

  void tenure(int i, double until, TenureScore score) {
    const std::size_t bin = t_.shape.tenure_bin_of(until - c_.since[i], score);
    ++task_.cells[t_.shape.tenure(static_cast<std::size_t>(c_.persona[i]), bin, score)];
  }

  /// Whether the customer in lane i has bought after somebody had spoken well of the company.
  [[nodiscard]] bool referred(int i) const { return c_.introduced[i] != 0 && c_.bought[i] != 0; }

  /// As Recorder::flows.
  void flow(int i, std::int32_t kind, bool was_referred) {
    const auto change = [&](MoneyOf whose, std::int32_t from, std::int32_t to) {
      if (from == to) return false;
      t_.change_flow(t_.owner, task_.cells, whose, from, to, c_.time[i], c_.window[i], c_.regime[i]);
      return true;
    };
    change(MoneyOf::everybody, c_.flow_kind[i], kind);
    const std::int32_t from = was_referred ? c_.flow_kind[i] : 0, to = referred(i) ? kind : 0;
    c_.flow_kind[i] = kind;
    if (!change(MoneyOf::referred, from, to)) return;
    const auto window = static_cast<std::size_t>(c_.window[i]);
    if (from != 0) --task_.cells[t_.shape.referred_present(static_cast<std::size_t>(from) - 1, window)];
    if (to != 0) ++task_.cells[t_.shape.referred_present(static_cast<std::size_t>(to) - 1, window)];
  }

  /// Counts the visit in lane i once more where it is a referred customer's.
  void pay_referred(int i) {
    if (!referred(i)) return;
    const auto at = static_cast<std::size_t>(paid_cell(i));
    if (at >= t_.shape.paying_places * t_.shape.pieces) return;
    std::int64_t* const cell = task_.cells + t_.shape.paid(MoneyOf::referred, 0, at, PaidScore::visits);
    cell[0] += 1;
    cell[1] += decay(i);
  }

  /// Counts what is drawn at the visit in lane i.
  void pay_drawn(int i) {
    const Payment at = payment(i);
    if (at.amount_place >= 0) t_.pay_drawn(task_, at, c_.window[i], c_.regime[i], referred(i));
  }
  [[nodiscard]] Payment payment(int i) const {
    const std::int32_t place = t_.amount_place_of != nullptr ? t_.amount_place_of[c_.place[i]] : -1;
    return {c_.customer[i], c_.event[i], c_.persona[i], place, c_.time[i]};
  }

  /// Counts the visits that pay; the others count in a place of their own.
  void pay() {
    const double rho = t_.force_of_interest, width = t_.window_width, scale = t_.shape.scales.decay;
    if (t_.small_discount) {
      EACH_LANE
      for (int i = 0; i < padded_; ++i) {
        const double x = rho * (c_.time[i] - static_cast<double>(c_.window[i]) * width);
        s_.decay[i] = fixed(1.0 - b::small_decay(x), scale);
      }
    } else {
      EACH_LANE
      for (int i = 0; i < padded_; ++i) s_.decay[i] = decay(i);
    }
    auto* const paid = reinterpret_cast<Long2*>(task_.packed.paid);
    const int lanes = lanes_;
    for (int i = 0; i < lanes; ++i) paid[paid_cell(i)] += Long2{1, s_.decay[i]};
  }

  /// What discounting takes off within the window (Discount::decay).
  [[nodiscard]] SOJOURN_INLINE std::int64_t decay(int i) const {
    const double x = t_.force_of_interest * (c_.time[i] - static_cast<double>(c_.window[i]) * t_.window_width);
    return fixed(1.0 - (t_.small_discount ? b::small_decay(x) : b::present_value(1.0, x)), t_.shape.scales.decay);
  }
  [[nodiscard]] std::int32_t paid_cell(int i) const {
    return t_.paid_of[c_.place[i]] + t_.piece_of[c_.window[i]] + t_.money_of[c_.regime[i]];
  }

  /// Weights of exits `first` to `first + 3`, added to their sum.
  template <int first, bool slopes, bool tame, bool hears>
  SOJOURN_INLINE void weigh() {
    constexpr int at = first == 0 ? int{Field::odds} : int{Field::more};
    const float(*columns)[lane_count] = s_.row + at;
    const float(*on_heard)[lane_count] = s_.row + (first == 0 ? int{Field::heard} : int{Field::more_heard});
    EACH_LANE
    for (int i = 0; i < padded_; ++i) {
      const float satisfaction = c_.satisfaction[i], expectation = c_.expectation[i], effort = s_.effort[i];
      float sum = first == 0 ? 0.0f : s_.sum[i];
      EACH_EXIT
      for (int j = 0; j < 4; ++j) {
        float weight = columns[j][i];
        if constexpr (slopes) {
          float exponent =
              b::utility(columns[4 + j][i], columns[8 + j][i], columns[12 + j][i], satisfaction, expectation, effort);
          if constexpr (hears) exponent = exponent + on_heard[j][i] * s_.heard[i];
          weight = tame ? b::weight_in_range(weight, exponent) : b::weigh(weight, exponent);
        }
        s_.cumulative[first + j][i] = weight;
        sum += weight;
      }
      s_.sum[i] = sum;
    }
  }
  template <int first>
  void weigh() {
    if (!t_.slopes) {
      weigh<first, false, true, false>();
    } else if (t_.hears) {
      weigh<first, true, false, true>();
    } else if (t_.tame) {
      weigh<first, true, true, false>();
    } else {
      weigh<first, true, false, false>();
    }
  }

  void choose() {
    if (t_.constant_choice) {
      look_up();
    } else {
      weigh_up();
    }
    EACH_LANE
    for (int i = 0; i < padded_; ++i) {
      const auto p = static_cast<double>(s_.leaving[i]);
      const double luck = c_.luck[i];
      // Without a way to an end p is 0, and luck is not below it.
      const bool leaves = luck < p || (p > 0.0 && s_.going[i] <= 0.0f);
      c_.luck[i] = leaves ? luck : b::condition_on_staying(luck, p);
      s_.leaves[i] = leaves ? 1 : 0;
    }
    if (t_.most_exits > 4) {
      pick<8>(s_.cumulative);
    } else {
      pick<4>(t_.constant_choice ? s_.row + Field::probability : s_.cumulative);
    }
  }

  void weigh_up() {
    weigh<0>();
    if (t_.most_exits > 4) weigh<4>();
    if (t_.trait_bound) share_out();
    if (t_.most_exits > 4) {
      accumulate<8, true>();
    } else if (t_.probabilities) {
      accumulate<4, true>();
    } else {
      accumulate<4, false>();
    }
  }

  /// Running sums that do not depend on the customer.
  void look_up() {
    const float(*cumulative)[lane_count] = s_.row + Field::probability;
    const float* share_stay = column(Field::constant_stay);
    const std::int32_t* facts = integers(Field::facts);
    EACH_LANE
    for (int i = 0; i < padded_; ++i) {
      const std::int32_t end_count = facts[i] >> 8 & 0xff;
      float leaving = 0.0f;
      EACH_EXIT
      for (int j = 0; j < 4; ++j) {
        const float share = cumulative[j][i];  // read in any case: a condition around it would be a branch
        leaving = j < end_count ? share : leaving;
      }
      s_.total[i] = cumulative[3][i];
      s_.leaving[i] = leaving;
      s_.going[i] = (cumulative[3][i] - leaving) + share_stay[i];
    }
  }

  /// The shares of those for whom a probability is a trait of their own.
  void share_out() {
    const std::int32_t* flag = integers(Field::facts);
    for (int i = 0; i < lanes_; ++i) {
      if ((flag[i] & RowFlag::trait_bound) == 0) continue;
      float probability[4], fixed_sum = 0.0f;
      for (int j = 0; j < 4; ++j) {
        const std::int32_t own = integers(Field::own + j)[i];
        probability[j] = own >= 0 ? numeric::clip(c_.own[own][i], 0.0f, 1.0f) : column(Field::probability + j)[i];
        fixed_sum += probability[j];
      }
      const b::Shares shares = b::share_out(fixed_sum, s_.sum[i] > 0.0f);
      s_.row[Field::rest][i] = shares.rest;
      s_.row[Field::stay][i] = shares.stay;
      std::int32_t last = 0;
      for (int j = 0; j < 4; ++j) {
        probability[j] *= shares.shrink;
        s_.row[Field::probability + j][i] = probability[j];
        if (probability[j] > 0.0f || column(Field::odds + j)[i] > 0.0f) last = j;
      }
      auto& facts = reinterpret_cast<std::int32_t*>(s_.row[Field::facts])[i];
      facts = (facts & ~0xff0000) | last << 16;
    }
  }

  /// From weights to running sums of the exits' shares.
  template <int slots, bool fixed_shares>
  void accumulate() {
    const float *share_rest = column(Field::rest), *share_stay = column(Field::stay);
    const std::int32_t* facts = integers(Field::facts);
    const float* shares = column(Field::probability);
    const float* more_shares = column(Field::more_probability);
    EACH_LANE
    for (int i = 0; i < padded_; ++i) {
      const float split = s_.sum[i] > 0.0f ? share_rest[i] / s_.sum[i] : 0.0f;
      const std::int32_t end_count = facts[i] >> 8 & 0xff;
      float total = 0.0f, leaving = 0.0f;
      EACH_EXIT
      for (int j = 0; j < slots; ++j) {
        total += s_.cumulative[j][i] * split;
        if constexpr (fixed_shares) total += j < 4 ? shares[j * lane_count + i] : more_shares[(j - 4) * lane_count + i];
        s_.cumulative[j][i] = total;
        leaving = j < end_count ? total : leaving;
      }
      s_.total[i] = total;
      s_.leaving[i] = leaving;
      s_.going[i] = (total - leaving) + share_stay[i];
    }
  }

  /// The exit whose share the draw falls in.
  template <int slots>
  void pick(const float (*cumulative)[lane_count]) {
    const float* share_stay = column(t_.constant_choice ? Field::constant_stay : Field::stay);
    const std::int32_t* facts = integers(Field::facts);
    EACH_LANE
    for (int i = 0; i < padded_; ++i) {
      const float u = sojourn::uniform(s_.words[1][i]);
      const float point = s_.leaves[i] != 0 ? u * s_.leaving[i] : s_.leaving[i] + u * s_.going[i];
      std::int32_t chosen = 0;
      EACH_EXIT
      for (int j = 0; j < slots; ++j) chosen += cumulative[j][i] <= point ? 1 : 0;
      // Places for exits that a row does not have hold its whole sum.
      const std::int32_t count = facts[i] >> 24, last = facts[i] >> 16 & 0xff;
      const bool beyond = chosen >= count;
      const bool stays = (beyond && share_stay[i] > 0.0f) || s_.total[i] <= 0.0f;
      const std::int32_t exit = chosen < last ? chosen : last;
      s_.chosen[i] = stays ? -1 : exit;
    }
  }

  /// How long until the next touchpoint.
  void draw_delays() {
    const std::int32_t *first = integers(Field::first_exit), *flag = integers(Field::facts);
    EACH_LANE
    for (int i = 0; i < padded_; ++i) s_.exit_index[i] = first[i] + (s_.chosen[i] < 0 ? 0 : s_.chosen[i]);
    for (int i = 0; i < padded_; i += 8) {
      fetch_exits(t_.exits, s_.exit_index, i, s_.a, s_.b, s_.sigma, s_.family, s_.to, s_.taken);
    }
    draw_delays_by_family();
    if (t_.stretch != nullptr) {
      for (int i = 0; i < lanes_; ++i) s_.a[i] *= t_.stretch[s_.exit_index[i]];
    }
    if (t_.race_calls > 0) compete();
    if (t_.any_one_by_one) {
      for (int i = 0; i < lanes_; ++i) {
        if ((flag[i] & RowFlag::one_by_one) != 0) decide(i);
      }
    }
    if (t_.recoveries != nullptr && t_.visit_survey_count > 0) recover();
    if (task_.market != nullptr) stay_at_gates();
    const double horizon = t_.horizon, until = task_.until;
    EACH_LANE
    for (int i = 0; i < padded_; ++i) {
      const double delay = s_.a[i] > 0.0 ? s_.a[i] : 0.0;
      const double now = c_.time[i], then = now + delay;
      s_.time[i] = then;
      // A visit at the horizon is the last, even where an exit takes no time.
      const std::int32_t beyond = then > until ? 2 : 1;
      s_.moves[i] = s_.chosen[i] >= 0 && now < horizon && then <= horizon ? beyond : 0;
    }
  }

  /// Closed loops lead away who is still there when they come.
  void recover() {
    for (int i = 0; i < lanes_; ++i) {
      if (s_.recovery[i] < 0) continue;
      const double within = t_.recoveries[s_.recovery[i] - t_.file_exits].within;
      const double delay = s_.a[i] > 0.0 ? s_.a[i] : 0.0;
      if (s_.chosen[i] >= 0 && c_.time[i] + delay <= c_.time[i] + within) continue;
      s_.chosen[i] = 0;
      s_.a[i] = within;
      lead_away(i, s_.recovery[i]);
    }
  }
  /// The way of a closed loop, to a touchpoint that is no end.
  void lead_away(int i, std::int32_t way) {
    s_.to[i] = c_.persona[i] * t_.touchpoints + t_.recoveries[way - t_.file_exits].to;
    s_.taken[i] = c_.persona[i] * t_.exit_count + way;
  }

  /// a e + b x, where e and x are what the family makes of the random word (see base/inverse.hpp).
  void draw_delays_by_family() {
    const std::int32_t families = t_.families;
    if ((families & ~Family::lognormal) == 0) {
      // Constants have sigma 0 and b 0: no need to tell them apart.
      EACH_LANE
      for (int i = 0; i < padded_; ++i) s_.a[i] = s_.a[i] * static_cast<double>(numeric::exp(s_.sigma[i] * s_.score[i]));
      return;
    }
    if ((families & ~Family::exponential) == 0) {
      EACH_LANE
      for (int i = 0; i < padded_; ++i) {
        const float e = sojourn::exponential(s_.words[3][i]);
        s_.a[i] = s_.a[i] * static_cast<double>(s_.family[i] == Family::exponential ? e : 1.0f);
      }
      return;
    }
    EACH_LANE
    for (int i = 0; i < padded_; ++i) {
      s_.e[i] = 0.0f;
      s_.x[i] = 0.0f;
    }
    if ((families & (Family::normal | Family::lognormal)) != 0) {
      EACH_LANE
      for (int i = 0; i < padded_; ++i) {
        const float z = s_.score[i];
        s_.e[i] = s_.family[i] == Family::lognormal ? z : s_.e[i];
        s_.x[i] = s_.family[i] == Family::normal ? z : s_.x[i];
      }
    }
    if ((families & Family::uniform) != 0) {
      EACH_LANE
      for (int i = 0; i < padded_; ++i) {
        s_.x[i] = s_.family[i] == Family::uniform ? sojourn::uniform(s_.words[3][i]) : s_.x[i];
      }
    }
    if ((families & Family::weibull) != 0) {
      EACH_LANE
      for (int i = 0; i < padded_; ++i) {
        s_.e[i] = s_.family[i] == Family::weibull ? numeric::log(sojourn::exponential(s_.words[3][i])) : s_.e[i];
      }
    }
    if ((families & Family::loglogistic) != 0) {
      EACH_LANE
      for (int i = 0; i < padded_; ++i) {
        s_.e[i] = s_.family[i] == Family::loglogistic ? logit(sojourn::uniform(s_.words[3][i])) : s_.e[i];
      }
    }
    if ((families & (Family::lognormal | Family::weibull | Family::loglogistic)) != 0) {
      EACH_LANE
      for (int i = 0; i < padded_; ++i) s_.e[i] = numeric::exp(s_.sigma[i] * s_.e[i]);
    } else {
      EACH_LANE
      for (int i = 0; i < padded_; ++i) s_.e[i] = 1.0f;
    }
    if ((families & Family::exponential) != 0) {
      EACH_LANE
      for (int i = 0; i < padded_; ++i) {
        s_.e[i] = s_.family[i] == Family::exponential ? sojourn::exponential(s_.words[3][i]) : s_.e[i];
      }
    }
    EACH_LANE
    for (int i = 0; i < padded_; ++i) {
      s_.a[i] = s_.a[i] * static_cast<double>(s_.e[i]) + s_.b[i] * static_cast<double>(s_.x[i]);
    }
  }

  SOJOURN_INLINE static float logit(float u) { return numeric::log(u) - numeric::log(1.0f - u); }

  /// Touchpoints whose exits compete: those customers, side by side.
  void compete() {
    const std::int32_t *flag = integers(Field::facts), *first = integers(Field::first_exit);
    int count = 0;
    for (int i = 0; i < lanes_; ++i) {
      r_.lane[count] = i;
      count += (flag[i] & RowFlag::competes) != 0 ? 1 : 0;
    }
    if (count == 0) return;
    const int padded = (count + 15) & ~15;
    for (int k = 0; k < count; ++k) {
      const int i = r_.lane[k];
      r_.customer[k] = c_.customer[i];
      r_.event[k] = c_.event[i];
      r_.row[k] = c_.row[i];
      r_.satisfaction[k] = c_.satisfaction[i];
      r_.expectation[k] = c_.expectation[i];
      r_.heard[k] = s_.heard[i];
      r_.effort[k] = s_.effort[i];
      r_.first_exit[k] = first[i];
    }
    for (int k = count; k < padded; ++k) {
      r_.row[k] = r_.row[0];
      r_.first_exit[k] = r_.first_exit[0];
    }
    EACH_LANE
    for (int k = 0; k < padded; ++k) {
      r_.first[k] = -1;
      r_.delay[k] = never;
    }
    const auto purpose = static_cast<std::uint32_t>(Purpose::race) | (task_.replication << 8);
    for (int call = 0; call < t_.race_calls; ++call) {
      const int groups = call == 0 ? 1 : 5;
      for (int k = 0; k < padded; k += 8) {
        fetch_group(t_.rows, r_.row, groups, r_.columns, k);
        fetch_group(t_.rows, r_.row, groups + 1, r_.columns, k);
        if (call == 0) fetch_group(t_.rows, r_.row, 4, r_.columns, k);
        if (call == 0 && t_.hears) fetch_group(t_.rows, r_.row, 8, r_.columns, k);
      }
      philox_columns(r_.customer, purpose, r_.event, padded, task_.seed[0], task_.seed[1],
                     {r_.words[0], r_.words[1], r_.words[2], r_.words[3]}, static_cast<std::uint32_t>(call));
      for (int j = 0; j < 4; ++j) compete(call * 4 + j, padded);
    }
    for (int k = 0; k < count; ++k) {
      const int i = r_.lane[k];
      const std::int32_t chosen = r_.first[k];
      s_.chosen[i] = chosen;
      if (chosen < 0) continue;
      s_.a[i] = r_.delay[k];
      const Exit& exit = t_.exits[r_.first_exit[k] + chosen];
      s_.to[i] = exit.to;
      s_.taken[i] = exit.taken;
    }
    if (t_.next_hazards == nullptr) return;
    // Where hazards change before the first exit comes, the reference decides.
    for (int k = 0; k < count; ++k) {
      const int i = r_.lane[k];
      if ((flag[i] & RowFlag::hazards_change) == 0) continue;
      const double next = t_.next_hazards[c_.regime[i] * t_.hazard_places + t_.hazard_place_of[c_.place[i]]];
      if (s_.chosen[i] < 0 ? next < never : c_.time[i] + s_.a[i] > next) decide(i);
    }
  }

  /// Exit `j` of those who are in a race: does it come before the earlier ones?
  void compete(int j, int padded) {
    const int call = j / 4, at = (call == 0 ? int{Field::odds} : int{Field::more}) + j % 4;
    const float *o = r_.columns[at], *on_satisfaction = r_.columns[at + 4], *on_expectation = r_.columns[at + 8],
                *on_effort = r_.columns[at + 12],
                *on_heard = r_.columns[(call == 0 ? int{Field::heard} : int{Field::more_heard}) + j % 4];
    const auto* exits = reinterpret_cast<const std::int32_t*>(r_.columns[Field::race_exits]);
    EACH_LANE
    for (int k = 0; k < padded; ++k) r_.index[k] = r_.first_exit[k] + (j < exits[k] ? j : 0);
    for (int k = 0; k < padded; k += 8) {
      fetch_exits(t_.exits, r_.index, k, r_.a, r_.b, r_.sigma, r_.family, r_.to, r_.taken);
    }
    if (t_.stretch != nullptr) {
      for (int k = 0; k < padded; ++k) r_.stretch[k] = t_.stretch[r_.index[k]];
    }
    const std::uint32_t* words = r_.words[j % 4];
    EACH_LANE
    for (int k = 0; k < padded; ++k) {
      const float odds = j < exits[k] ? o[k] : 0.0f;
      const float exponent = b::utility(on_satisfaction[k], on_expectation[k], on_effort[k], r_.satisfaction[k],
                                        r_.expectation[k], r_.effort[k]);
      const float m = b::weigh(odds, exponent + on_heard[k] * r_.heard[k]);
      // A hazard of zero never comes.
      r_.hazard[k] = m > 0.0f ? sojourn::exponential(words[k]) / m : 2e30f;
    }
    EACH_LANE
    for (int k = 0; k < padded; ++k) {
      const float hazard = r_.hazard[k], safe = greater(hazard, 1e-30f);
      const float share = -numeric::expm1(-safe), power = numeric::exp(r_.sigma[k] * numeric::log(safe));
      r_.e[k] = r_.family[k] == Family::exponential ? hazard : r_.family[k] == Family::weibull ? power : 1.0f;
      r_.x[k] = r_.family[k] == Family::uniform ? share : 0.0f;
    }
    const bool stretched = t_.stretch != nullptr;
    EACH_LANE
    for (int k = 0; k < padded; ++k) {
      const double drawn = r_.a[k] * static_cast<double>(r_.e[k]) + r_.b[k] * static_cast<double>(r_.x[k]);
      const double delay = stretched ? drawn * r_.stretch[k] : drawn;
      r_.a[k] = delay > 0.0 ? delay : 0.0;
    }
    EACH_LANE
    for (int k = 0; k < padded; ++k) {
      // Ties go to the first in the file.
      const bool comes = r_.hazard[k] < 1e30f && r_.a[k] < r_.delay[k];
      r_.delay[k] = comes ? r_.a[k] : r_.delay[k];
      r_.first[k] = comes ? j : r_.first[k];
    }
  }

  /// A choice that has no vectorised form.
  void decide(int i) {
    Moment moment;
    moment.task = &task_;
    moment.customer = c_.customer[i];
    moment.event = c_.event[i];
    moment.touchpoint = c_.place[i] - c_.persona[i] * t_.touchpoints;
    moment.time = c_.time[i];
    for (int w = 0; w < 4; ++w) moment.words[w] = s_.words[w][i];
    moment.satisfaction = c_.satisfaction[i];
    moment.expectation = c_.expectation[i];
    moment.heard = s_.heard[i];
    moment.effort = s_.effort[i];
    moment.luck = c_.luck[i];
    moment.carried = t_.carried_width > 0 ? carried(i) : nullptr;
    moment.bought = c_.bought[i];
    moment.team = c_.team[i];
    moment.solved = s_.solved[i];
    const std::int32_t chosen = t_.choose(t_.owner, c_.persona[i], c_.row[i], &moment);
    s_.chosen[i] = chosen;
    s_.a[i] = moment.delay;
    c_.luck[i] = moment.luck;
    if (chosen < 0) return;
    const Exit& exit = t_.exits[integers(Field::first_exit)[i] + chosen];
    s_.to[i] = exit.to;
    s_.taken[i] = exit.taken;
  }

  /// The windows of times up to the horizon; later ones are in the last.
  void find_windows(const double* time, std::int32_t* window) {
    const double horizon = t_.horizon, width = t_.window_width, per_day = t_.windows_per_day;
    const std::int32_t last = t_.windows - 1;
    const int padded = padded_;
    EACH_LANE
    for (int i = 0; i < padded; ++i) {
      const double inside = time[i] < horizon ? time[i] : horizon;
      window[i] = window_of(inside, width, per_day, last);
    }
  }

  /// The cell of those who do not move: counting them there needs no branch, which the processor could not foresee.
  [[nodiscard]] std::int32_t no_move() const { return t_.windows * t_.personas * t_.exit_count; }

  /// Lists the marked lanes, few of all. Returns how many they are.
  int list_marked() { return lock_step::list_marked(s_.marks, lanes_, padded_, s_.marked); }

  void count_moves() {
    std::uint32_t* const moves = task_.packed.moves;
    const int lanes = lanes_;
    for (int i = 0; i < lanes; ++i) {
      ++moves[s_.move_cell[i]];
    }
  }

  /// What the customer in lane i carries.
  [[nodiscard]] double* carried(int i) const {
    const std::size_t row = task_.store != nullptr ? s_.kept[i] : static_cast<std::size_t>(i);
    return (task_.store != nullptr ? task_.store->carried : task_.carried) +
           row * static_cast<std::size_t>(t_.carried_width);
  }
  /// The customer in lane i has come to the place at hand, by `exit` or for the first time.
  void carry_on(int i, std::int32_t exit) {
    t_.carry_on(task_, payment(i), c_.row[i], c_.place[i] - c_.persona[i] * t_.touchpoints, exit, carried(i));
  }

  void move() {
    find_windows(s_.time, s_.window);
    const std::int32_t no_move = this->no_move(), exits = t_.personas * t_.exit_count;
    EACH_LANE
    for (int i = 0; i < padded_; ++i) {
      // Ends have places below 0.
      const std::int32_t to = s_.to[i], place = to < 0 ? -1 - to : to;
      const bool moves = s_.moves[i] == 1;
      s_.marks[i] = moves && to >= 0 ? 0 : 1;
      s_.move_cell[i] = moves ? s_.window[i] * exits + s_.taken[i] : no_move;
      c_.place[i] = moves ? place : c_.place[i];
    }
    count_moves();
    const int finished = list_marked();
    std::uint32_t events = 0;
    EACH_LANE
    for (int i = 0; i < padded_; ++i) {
      c_.time[i] = s_.time[i];
      c_.window[i] = s_.window[i];
      c_.event[i] += 1;
      events = events > c_.event[i] ? events : c_.event[i];
    }
    if (events >= t_.visits_per_life) done_.endless = true;
    find_rows();
    for (int i = 0; t_.carries_rules && i < lanes_; ++i) {
      if (s_.moves[i] == 1) carry_on(i, s_.taken[i] - c_.persona[i] * t_.exit_count);
    }
    // From the back, so that the lane that fills a gap is one that goes on.
    for (int k = finished - 1; k >= 0; --k) {
      const int i = s_.marked[k];
      leave(i);
      if (begin(i)) continue;
      --lanes_;
      if (i != lanes_) copy(lanes_, i);
    }
  }

  /// The parameters of each visit, from its place and time.
  void find_rows() {
    if (t_.regimes == 1) {
      EACH_LANE
      for (int i = 0; i < padded_; ++i) c_.row[i] = t_.row_of[c_.place[i]];
      return;
    }
    for (int i = 0; i < lanes_; ++i) find_row(i);
  }
  void find_row(int i) {
    const double cell = c_.time[i] * t_.cells_per_day;
    const std::int32_t last = t_.cells - 1;
    std::int32_t regime = t_.regime_of_cell[cell < static_cast<double>(last) ? static_cast<std::int32_t>(cell) : last];
    while (regime + 1 < t_.regimes && c_.time[i] >= t_.regime_begins[regime + 1]) ++regime;
    c_.regime[i] = regime;
    c_.row[i] = t_.row_of[t_.state_of[regime] * t_.places + c_.place[i]];
  }

  /// A life is over.
  void leave(int i) {
    if (s_.moves[i] == 0) {
      stop(i);
    } else {
      end(i);
    }
  }

  /// The horizon comes before another visit.
  void stop(int i) {
    if (c_.bought[i] != 0 && c_.tenure_counted[i] == 0) tenure(i, t_.horizon, TenureScore::censored);
    save_final_state(i);
  }

  /// Keeps how the life in lane i ends, where that is asked for.
  void save_final_state(int i) {
    if (task_.ends == nullptr) return;
    const auto standing = end_standing(c_.code[i]);
    EndState& end = task_.ends[c_.customer[i] - task_.begin];
    end = {fixed_score(c_.satisfaction[i]), static_cast<std::uint16_t>(c_.persona[i]), standing};
    if (t_.tiers) end.membership = t_.membership(task_, carried(i));
  }

  /// The visit to an end: one visit, its money, and whom the company has lost; nothing is appraised.
  void end(int i) {
    const Row& row = t_.rows[c_.row[i]];
    ++done_.visits;
    const std::size_t at = 2 * cell(c_.persona[i], c_.window[i]);
    task_.packed.series[at] -= c_.counted_satisfaction[i];
    task_.packed.series[at + 1] -= c_.counted_expectation[i];
    const std::int32_t bought = c_.bought[i] | (row.facts & RowFlag::purchase);
    const std::int32_t code = bought != 0 ? Code::churned : Code::lost;
    const bool was_referred = referred(i);
    if (code != c_.code[i]) stand(i, code, bought);
    if (t_.flows) flow(i, row.flow_kind, was_referred);
    save_final_state(i);
    if (t_.counts_paid) reinterpret_cast<Long2*>(task_.packed.paid)[paid_cell(i)] += Long2{1, decay(i)};
    if (t_.shape.referrals) pay_referred(i);
    if (t_.amount_place_of != nullptr) pay_drawn(i);
  }

  /// The next person, into lane i.
  bool begin(int i) {
    for (;;) {
      if (ready_ == drawn_) {
        drawn_ = draw_people(t_, task_, &next_, &people_);
        ready_ = 0;
        if (drawn_ == 0) return false;
      }
      const int k = people_.chosen[ready_++];
      if (++since_flush_ == customers_per_flush) flush();
      c_.customer[i] = people_.customer[k];
      c_.persona[i] = people_.persona[k];
      c_.luck[i] = people_.luck[k];
      c_.answering[i] = people_.answering[k];
      c_.satisfaction[i] = people_.satisfaction[k];
      c_.expectation[i] = people_.expectation[k];
      c_.loss_aversion[i] = people_.loss_aversion[k];
      c_.effort_aversion[i] = people_.effort_aversion[k];
      for (int own = 0; own < t_.own_count; ++own) c_.own[own][i] = people_.own[own][k];
      c_.since[i] = people_.since[k];
      c_.tenure_counted[i] = 0;
      c_.team[i] = -1;
      c_.event[i] = 0;
      fresh(i);
      first_visit(i, people_.start[k], people_.arrival[k]);
      if (t_.carried_width > 0) {
        t_.carry_first(task_, people_.customer[k], people_.persona[k], people_.arrival[k], carried(i));
        if (t_.carries_rules) carry_on(i, -1);
        if (t_.asks_at_intervals) c_.asked_at[i] = carried(i)[t_.first_asked];
      }
      if (t_.is_end[people_.start[k]] == 0) return true;
      end(i);
    }
  }

  /// Nothing is counted yet for the customer in lane i.
  void fresh(int i) {
    c_.code[i] = Code::absent;
    c_.bought[i] = existing(i) ? 1 : 0;
    c_.counted_satisfaction[i] = c_.counted_expectation[i] = 0;
    c_.flow_from[i] = -1;
    c_.flow_kind[i] = 0;
    if (t_.still) {
      c_.stands[i] =
          b::promoter_class(b::recommend(c_.satisfaction[i], c_.answering[i], t_.recommend_base, t_.recommend_sd));
    }
  }

  void first_visit(int i, std::int32_t touchpoint, double time) {
    c_.time[i] = time;
    c_.window[i] = window_of(time, t_.window_width, t_.windows_per_day, t_.windows - 1);
    const std::int32_t place = c_.persona[i] * t_.touchpoints + touchpoint;
    c_.place[i] = place;
    find_row(i);
    count_first_visit(i, c_.window[i]);
  }

  /// Whether the customer in lane i arrived as one.
  [[nodiscard]] bool existing(int i) const { return t_.existing != nullptr && t_.existing[c_.persona[i]] != 0; }

  /// The first visit of the customer in lane i, which no exit tells of.
  void count_first_visit(int i, std::int32_t window) {
    const auto place = static_cast<std::size_t>(c_.place[i]);
    ++task_.packed.firsts[static_cast<std::size_t>(window) * static_cast<std::size_t>(t_.places) + place];
    if (!existing(i)) return;
    const std::size_t bin = t_.shape.entry_bin_of(c_.time[i] - c_.since[i]);
    ++task_.cells[t_.shape.entered(static_cast<std::size_t>(c_.persona[i]), bin)];
  }

  /// Finds the next customers who have a visit in this window, as many as there are lanes where there are, and asks the
  /// memory for their rows: they are taken out after the visits at hand.
  void look_ahead() {
    const int known = due_;
    if (task_.served != nullptr) {
      while (due_ < lane_count && looked_at_ < listed_) s_.due[due_++] = task_.served[looked_at_++].customer - task_.first;
      for (int k = known; k < due_; ++k) prefetch(s_.due[k]);
      return;
    }
    const std::uint32_t all = task_.end - task_.first;
    while (due_ < lane_count && looked_at_ < all) {
      const std::uint32_t left = all - looked_at_;
      const int looks = left < static_cast<std::uint32_t>(lane_count) ? static_cast<int>(left) : lane_count;
      due_ += list_due(task_.store->time + looked_at_, looks, task_.until, looked_at_, s_.due + due_);
      looked_at_ += static_cast<std::uint32_t>(looks);
    }
    for (int k = known; k < due_; ++k) prefetch(s_.due[k]);
  }

  /// What take_out and store_back will need.
  SOJOURN_INLINE void prefetch(std::uint32_t row) const {
    const Store& store = *task_.store;
    const auto* kept = reinterpret_cast<const char*>(store.kept + row);
    __builtin_prefetch(kept, 1);
    __builtin_prefetch(kept + sizeof(Kept) - 1, 1);
    if (store.voice != nullptr) __builtin_prefetch(store.voice + row, 1);
  }

  /// The next customers who have a visit in this window, into lanes from the first on: those who were just here first, while
  /// they are near. False when there are none.
  bool resume() {
    int count = again_;
    const int taken = due_ < lane_count - count ? due_ : lane_count - count;
    for (int k = 0; k < taken; ++k) s_.kept[count + k] = s_.due[k];
    count += taken;
    due_ -= taken;
    for (int k = 0; k < due_; ++k) s_.due[k] = s_.due[k + taken];
    look_ahead();
    again_ = 0;
    lanes_ = count;
    if (count == 0) return false;
    take_out();
    if (t_.queues) leave_out_queues();
    arrive();
    return true;
  }

  /// Those who were served, from the k-th on, into lanes, at the visit at which they were.
  void take_out_served(std::uint32_t k) {
    const std::uint32_t left = task_.served_count - k;
    lanes_ = left < static_cast<std::uint32_t>(lane_count) ? static_cast<int>(left) : lane_count;
    for (std::uint32_t next = k + lane_count; next < task_.served_count && next < k + 2 * lane_count; ++next) {
      const std::uint32_t row = task_.served[next].customer - task_.first;
      prefetch(row);
      __builtin_prefetch(task_.store->time + row, 1);
    }
    const Served* const served = task_.served + k;
    for (int i = 0; i < lanes_; ++i) {
      s_.kept[i] = served[i].customer - task_.first;
      s_.strain[i] = served[i].strain;
    }
    take_out();
    arrive();
    // Money flows from arrival on; all else happens when service begins.
    for (int i = 0; t_.flows && i < lanes_; ++i) flow(i, t_.flow_kind_of[c_.place[i] + 1], referred(i));
    for (int i = 0; i < lanes_; ++i) {
      const double wait = served[i].start - c_.time[i];
      c_.time[i] = served[i].start;
      if (!(wait > 0.0)) continue;
      const std::int32_t persona = c_.persona[i], touchpoint = c_.place[i] - persona * t_.touchpoints;
      task_.cells[t_.shape.touch(static_cast<std::size_t>(persona), static_cast<std::size_t>(touchpoint),
                                 TouchScore::wait)] += fixed(wait, t_.shape.scales.days);
    }
    find_rows();
  }

  /// From the store into columns.
  void take_out() {
    padded_ = (lanes_ + 15) & ~15;
    for (int i = lanes_; i < padded_; ++i) s_.kept[i] = task_.padding;
    since_flush_ += static_cast<std::uint32_t>(lanes_);
    if (since_flush_ >= customers_per_flush) flush();
    const Store& store = *task_.store;
    for (int i = 0; i < padded_; i += 8) {
      Double4 columns[2][4];
      for (int half = 0; half < 2; ++half) {
        const auto load = [&](int k) __attribute__((always_inline)) {
          return *reinterpret_cast<const Double4Anywhere*>(store.kept + s_.kept[i + 4 * half + k]);
        };
        transpose({load(0), load(1), load(2), load(3)}, columns[half]);
        *reinterpret_cast<Double4*>(c_.luck + i + 4 * half) = columns[half][0];
        *reinterpret_cast<Double4*>(c_.since + i + 4 * half) = columns[half][1];
      }
      split(columns[0][2], columns[1][2], c_.satisfaction + i, c_.expectation + i);
      split(columns[0][3], columns[1][3], c_.answering + i, s_.visits_and_exit + i);
    }
    for (int i = 0; i < padded_; ++i) {
      const Kept& kept = store.kept[s_.kept[i]];
      s_.who[i] = kept.persona | static_cast<std::uint32_t>(kept.standing) << 16;
      c_.time[i] = store.time[s_.kept[i]];
    }
    EACH_LANE
    for (int i = 0; i < padded_; ++i) {
      c_.customer[i] = task_.first + s_.kept[i];
      c_.event[i] = s_.visits_and_exit[i] & 0xffffu;
      s_.taken[i] = static_cast<std::int32_t>(s_.visits_and_exit[i] >> 16);
      c_.persona[i] = static_cast<std::int32_t>(s_.who[i] & 0xffffu);
      c_.team[i] = static_cast<std::int32_t>(s_.who[i] >> 19 & most_teams) - 1;
      c_.tenure_counted[i] = static_cast<std::int32_t>(s_.who[i] >> 31);
      const auto code = static_cast<std::int32_t>(s_.who[i] >> 16 & 7u);
      c_.code[i] = code;
      c_.bought[i] = code >= Code::churned ? 1 : 0;
      const std::int32_t counts = code >= Code::promoter ? -1 : 0;
      c_.counted_satisfaction[i] = counts & fixed_score(c_.satisfaction[i]);
      c_.counted_expectation[i] = counts & fixed_score(c_.expectation[i]);
    }
    // Padding lanes need valid indices.
    for (int i = lanes_; i < padded_; ++i) c_.persona[i] = s_.taken[i] = 0;
    for (int i = 0; t_.existing != nullptr && i < lanes_; ++i) {
      if (c_.code[i] == Code::absent && existing(i)) c_.bought[i] = 1;
    }
    if (!t_.still) {
      take_out(store.loss_aversion, t_.loss_aversion_of, c_.loss_aversion);
      take_out(store.effort_aversion, t_.effort_aversion_of, c_.effort_aversion);
    }
    for (int own = 0; own < t_.own_count; ++own) take_out(store.own[own], nullptr, c_.own[own]);
    if (task_.market != nullptr && store.voice != nullptr) {
      for (int i = 0; i < padded_; ++i) c_.introduced[i] = store.kept[s_.kept[i]].introduced_by < came_alone ? 1 : 0;
    }
    if (t_.hears) take_out_heard();
    // Where others may make them leave, they are asked between the windows.
    const bool asks = t_.asks_at_intervals && task_.market == nullptr;
    for (int i = 0; asks && i < lanes_; ++i) c_.asked_at[i] = carried(i)[t_.first_asked];
    if (!t_.still) return;
    EACH_LANE
    for (int i = 0; i < padded_; ++i) {
      c_.stands[i] =
          b::promoter_class(b::recommend(c_.satisfaction[i], c_.answering[i], t_.recommend_base, t_.recommend_sd));
    }
  }

  /// What customers heard, of those who come to where it matters; the others' row is not asked for.
  void take_out_heard() {
    const float* const heard = task_.store->heard;
    for (int i = 0; i < padded_; ++i) {
      const bool hears = heard != nullptr && t_.passages[s_.taken[i]].hears != 0;
      c_.heard[i] = hears ? heard[s_.kept[i]] : 0.0f;
    }
  }

  /// Of each customer or, where that is null, of each persona.
  void take_out(const float* of_customer, const float* of_persona, float* to) {
    const int padded = padded_;
    if (of_customer != nullptr) {
      for (int i = 0; i < padded; ++i) to[i] = of_customer[s_.kept[i]];
    } else {
      for (int i = 0; i < padded; ++i) to[i] = of_persona[c_.persona[i]];
    }
  }

  /// Those who come to a queue are left in the store: what happens there is lived elsewhere, in the order of time.
  void leave_out_queues() {
    for (int i = 0; i < padded_; ++i) s_.marks[i] = t_.passages[s_.taken[i]].queues != 0 ? 1 : 0;
    const int coming = list_marked();
    for (int k = coming - 1; k >= 0; --k) {
      const int i = s_.marked[k];
      task_.market->comes_to_queue(task_.market->events,
                                   {c_.time[i], c_.customer[i], c_.event[i], static_cast<std::uint32_t>(c_.persona[i]),
                                    static_cast<std::uint32_t>(t_.passages[s_.taken[i]].to)});
      --lanes_;
      if (i == lanes_) continue;
      copy(lanes_, i);
      s_.kept[i] = s_.kept[lanes_];
      s_.taken[i] = s_.taken[lanes_];
    }
    for (int i = lanes_; i < padded_; ++i) s_.kept[i] = task_.padding;
    padded_ = (lanes_ + 15) & ~15;
  }

  /// By the exit they took to the touchpoint it leads to; who ends there is done.
  void arrive() {
    const int padded = padded_;
    const Passage* const passages = t_.passages;
    for (int i = 0; i < padded; ++i) {
      const Passage& by = passages[s_.taken[i]];
      s_.from[i] = by.from;
      s_.to[i] = by.to;
      s_.ends[i] = by.ends;
    }
    const std::int32_t window = task_.window, touchpoints = t_.touchpoints, exits = t_.exit_count;
    const std::int32_t no_move = this->no_move(), moves = window * t_.personas * exits;
    std::int32_t firsts = 0;
    EACH_LANE
    for (int i = 0; i < padded; ++i) {
      const std::int32_t first = c_.persona[i] * touchpoints, from = first + s_.from[i], to = first + s_.to[i];
      const bool comes_from = s_.from[i] >= 0;
      s_.move_cell[i] = comes_from ? moves + c_.persona[i] * exits + s_.taken[i] : no_move;
      c_.flow_from[i] = comes_from ? from : -1;
      c_.flow_kind[i] = 0;
      c_.place[i] = to;
      c_.window[i] = window;
      firsts |= s_.from[i];
    }
    if (t_.flows) {
      const std::int32_t* const kinds = t_.flow_kind_of;
      for (int i = 0; i < padded; ++i) c_.flow_kind[i] = kinds[c_.flow_from[i] + 1];
    }
    for (int i = 0; firsts < 0 && i < lanes_; ++i) {
      if (c_.flow_from[i] < 0) count_first_visit(i, window);
    }
    count_moves();
    EACH_LANE
    for (int i = 0; i < padded; ++i) s_.marks[i] = s_.ends[i] != 0 ? 1 : 0;
    const int finished = list_marked();
    find_rows();
    for (int i = 0; t_.carries_rules && i < lanes_; ++i) carry_on(i, s_.from[i] >= 0 ? s_.taken[i] : -1);
    for (int k = finished - 1; k >= 0; --k) {
      const int i = s_.marked[k];
      end(i);
      store_back_ended(i);
      --lanes_;
      if (i == lanes_) continue;
      copy(lanes_, i);
      s_.kept[i] = s_.kept[lanes_];
    }
    for (int i = lanes_; i < padded_; ++i) s_.kept[i] = task_.padding;
  }

  /// Back into the store, of somebody who stands at an end, for good.
  void store_back_ended(int i) {
    const Store& store = *task_.store;
    const std::uint32_t k = s_.kept[i];
    Kept& kept = store.kept[k];
    store.time[k] = never;
    kept.since = c_.since[i];
    kept.event = static_cast<std::uint16_t>(c_.event[i] + 1);
    kept.standing = static_cast<std::uint16_t>(standing(c_.code[i], c_.team[i], c_.tenure_counted[i]));
    if (task_.market != nullptr && task_.market->accounts != nullptr) {
      task_.market->ended(task_.market->events, c_.customer[i]);
    }
    if (store.voice == nullptr) return;
    store.voice[k] = Voice::silent;
    if (c_.code[i] == Code::churned) task_.market->churned(task_.market->events, c_.customer[i]);
  }

  /// Kept::standing.
  [[nodiscard]] SOJOURN_INLINE static std::uint32_t standing(std::int32_t code, std::int32_t team, std::int32_t counted) {
    return static_cast<std::uint32_t>(counted) << 15 | static_cast<std::uint32_t>((team + 1) << 3 | code);
  }

  /// Who speaks of the company until the next visit. Of those who churned the market knows when they fall silent.
  void store_voices() {
    const Store& store = *task_.store;
    EACH_LANE
    for (int i = 0; i < padded_; ++i) {
      s_.marks[i] = c_.code[i] == Code::churned ? 1 : 0;
      s_.cell[i] = c_.code[i] >= Code::promoter ? 1 + (c_.code[i] - Code::promoter) : 0;
    }
    for (int i = 0; i < lanes_; ++i) store.voice[s_.kept[i]] = static_cast<Voice>(s_.cell[i]);
    const int churned = list_marked();
    for (int k = 0; k < churned; ++k) task_.market->churned(task_.market->events, c_.customer[s_.marked[k]]);
  }

  /// Back into the store; who has another visit in this window comes again soon.
  void store_back() {
    if (task_.store->voice != nullptr) store_voices();
    const std::int32_t touchpoints = t_.touchpoints, stays = t_.exit_count + touchpoints;
    EACH_LANE
    for (int i = 0; i < padded_; ++i) {
      s_.time[i] = s_.moves[i] == 0 ? never : s_.time[i];
      s_.ends[i] = s_.moves[i] == 1 ? 1 : 0;
      s_.marks[i] = s_.moves[i] == 0 ? 1 : 0;
    }
    std::uint32_t events = 0;
    EACH_LANE
    for (int i = 0; i < padded_; ++i) {
      const std::uint32_t event = c_.event[i] + 1;
      const std::int32_t persona = c_.persona[i];
      const std::int32_t stay = stays + (c_.place[i] - persona * touchpoints), left = s_.taken[i] - persona * t_.exit_count;
      const auto exit = static_cast<std::uint32_t>(s_.moves[i] == 0 ? stay : left);
      events = events > event ? events : event;
      s_.visits_and_exit[i] = (event & 0xffffu) | exit << 16;
      s_.who[i] = standing(c_.code[i], c_.team[i], c_.tenure_counted[i]);
    }
    if (events >= t_.visits_per_life) done_.endless = true;
    const Store& store = *task_.store;
    const int lanes = lanes_;
    for (int i = 0; i < lanes; i += 4) {
      Double4 rows[4];
      transpose({*reinterpret_cast<const Double4*>(c_.luck + i), *reinterpret_cast<const Double4*>(c_.since + i),
                 pair(c_.satisfaction + i, c_.expectation + i), pair(c_.answering + i, s_.visits_and_exit + i)},
                rows);
      for (int k = 0; k < 4; ++k) *reinterpret_cast<Double4Anywhere*>(store.kept + s_.kept[i + k]) = rows[k];
    }
    // Before lanes are numbered anew: what a customer carries is found by the lane.
    if (task_.market == nullptr) {  // else somebody may yet make them leave
      const int stopped = list_marked();
      for (int k = 0; k < stopped; ++k) stop(s_.marked[k]);
    }
    double* const time = store.time;
    Kept* const kept = store.kept;
    int again = 0;
    for (int i = 0; i < lanes; ++i) {
      const std::uint32_t k = s_.kept[i];
      kept[k].standing = static_cast<std::uint16_t>(s_.who[i]);
      time[k] = s_.time[i];
      s_.kept[again] = k;
      again += s_.ends[i];
    }
    again_ = again;
  }

  void flush() {
    task_.flush(task_.worker);
    since_flush_ = 0;
  }

  void copy(int from, int to) {
    c_.each(
        t_.own_count, [&](auto& column) __attribute__((always_inline)) { column[to] = column[from]; });
    if (t_.carried_width == 0 || task_.store != nullptr) return;
    for (int k = 0; k < t_.carried_width; ++k) carried(to)[k] = carried(from)[k];
  }

  const Tables& t_;
  const Task& task_;
  /// Cells of the tally, of the first persona, window and touchpoint.
  std::int64_t *const days_to_purchase_, *const bought_;
  Columns c_{};
  Scratch s_{};
  Racers r_{};
  SetApart apart_{};
  int apart_count_ = 0;
  People people_{};
  Done done_;
  int lanes_ = 0, padded_ = 0;
  int ready_ = 0, drawn_ = 0;
  std::uint32_t next_;
  std::uint32_t since_flush_;
  std::uint32_t looked_at_;   // rows of the store are looked at up to this one; or those who were served
  std::uint32_t listed_ = 0;  // of those who were served, so many go on within the window
  int due_ = 0;               // those found who have not been taken out
  int again_ = 0;             // of those just put back, who come again in this window
  std::uint64_t tick_ = 0;
};

}  // namespace

Done SOJOURN_LIVE(const Tables& tables, const Task& task) {
  Block block(tables, task);
  return block.live();
}

}  // namespace sojourn::lock_step
