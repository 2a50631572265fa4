// The format of scenarios as a JSON Schema, and as the tables of its reference page.
#pragma once

#include <string>
#include <string_view>

namespace sojourn {

/// The file beside a scenario that its first line, `#:schema ./sojourn.schema.json`, names.
inline constexpr std::string_view schema_file_name = "sojourn.schema.json";

/// How every schema that Sojourn wrote begins: by this it is known, and may be replaced.
inline constexpr std::string_view schema_beginning =
    "{\n \"$schema\": \"http://json-schema.org/draft-07/schema#\",\n \"$id\": \"urn:sojourn:scenario:";

/// JSON Schema, draft 7, of a scenario as TOML readers see it (dates as texts): every key with its meaning, type, range,
/// words and default. Editors complete and check with it (Taplo, Even Better TOML). It knows keys, types and ranges; what
/// one part says about another (ids, sums, the graph) only `sojourn check` knows. Ends in a newline.
[[nodiscard]] std::string json_schema();

/// The keys of one table ("touchpoint", "exit") as a Markdown table; of "event" those that an improvement does not have.
/// Ends in a newline. Throws std::logic_error for a table that the format does not have.
[[nodiscard]] std::string key_table(std::string_view table);

}  // namespace sojourn
