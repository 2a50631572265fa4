// Draws people where customers wait in a store: the part of populating it that is compiled once for each vector width.
#include "lock_step_people.hpp"

namespace sojourn::lock_step {

int SOJOURN_PEOPLE(const Tables& tables, const Task& task, std::uint32_t* next, People* people) {
  return draw_people(tables, task, next, people);
}

}  // namespace sojourn::lock_step
