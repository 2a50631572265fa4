#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "content_digest.hpp"
#include "hdf5_handle.hpp"
#include "results_image.hpp"
#include "results_layout.hpp"
#include "sojourn/base/sha256.hpp"
#include "sojourn/outcomes/results_file.hpp"

namespace sojourn {
namespace {

using Extent = std::vector<hsize_t>;

constexpr int most_axes = 8;  // twice as many as any variable has

// HDF5's and netCDF's own attributes: how things are stored, not what they say.
bool is_structural(std::string_view name) {
  constexpr std::string_view names[] = {"CLASS",      "NAME",          "REFERENCE_LIST",      "DIMENSION_LIST",
                                        "_FillValue", "_Netcdf4Dimid", "_Netcdf4Coordinates", "_NCProperties"};
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

std::vector<std::string> attribute_names(hid_t object) {
  std::vector<std::string> names;
  const auto take_name = [](hid_t, const char* name, const H5A_info_t*, void* list) noexcept -> herr_t {
    static_cast<std::vector<std::string>*>(list)->emplace_back(name);  // out of memory here ends the program, as in C
    return 0;
  };
  checked(H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, nullptr, take_name, &names), "H5Aiterate2");
  return names;
}

std::string read_text(hid_t attribute, hid_t type, std::size_t longest) {
  const std::size_t size = H5Tget_size(type);
  if (size > longest) throw Damage("a text is longer than the file");
  std::string text(size, '\0');
  checked(H5Aread(attribute, type, text.data()), "H5Aread");
  text.erase(text.find_last_not_of('\0') + 1);
  return text;
}

// The attribute as text, whole numbers in decimal; nothing when it is of another kind.
std::optional<std::string> read_attribute(hid_t object, const std::string& name, std::size_t longest) {
  const Hdf5Handle attribute(H5Aopen(object, name.c_str(), H5P_DEFAULT), H5Aclose, "H5Aopen");
  const Hdf5Handle type(H5Aget_type(attribute), H5Tclose, "H5Aget_type");
  const Hdf5Handle space(H5Aget_space(attribute), H5Sclose, "H5Aget_space");
  if (H5Sget_simple_extent_npoints(space) != 1) return std::nullopt;
  if (H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) == 0) return read_text(attribute, type, longest);
  if (H5Tget_class(type) != H5T_INTEGER || H5Tget_size(type) > sizeof(std::int64_t)) return std::nullopt;
  if (H5Tget_sign(type) == H5T_SGN_NONE) {
    std::uint64_t value = 0;
    checked(H5Aread(attribute, H5T_NATIVE_UINT64, &value), "H5Aread");
    return fmt::to_string(value);
  }
  std::int64_t value = 0;
  checked(H5Aread(attribute, H5T_NATIVE_INT64, &value), "H5Aread");
  return fmt::to_string(value);
}

Attributes read_attributes(hid_t object, std::size_t longest) {
  Attributes attributes;
  for (const std::string& name : attribute_names(object)) {
    if (is_structural(name)) continue;
    const std::optional<std::string> text = read_attribute(object, name, longest);
    if (!text) throw Damage(fmt::format("the attribute {} is not one text or whole number", name));
    attributes.emplace_back(name, *text);
  }
  return attributes;
}

std::optional<std::string> find(const Attributes& attributes, std::string_view name) {
  const auto found =
      std::find_if(attributes.begin(), attributes.end(), [name](const auto& one) { return one.first == name; });
  if (found == attributes.end()) return std::nullopt;
  return found->second;
}

std::string text_or_none(const Attributes& attributes, std::string_view name) { return find(attributes, name).value_or(""); }

// Takes the file's bytes apart again, checking them on the way.
class ImageReader {
 public:
  ImageReader(std::string_view image, const std::function<void(std::uint64_t)>& step)
      : image_bytes_(image.size()), step_(step), file_(open(image)) {}

  Outcomes read() {
    require_our_format();
    read_provenance_attributes();
    const Hdf5Handle root(H5Gopen2(file_, "/", H5P_DEFAULT), H5Gclose, "H5Gopen2");
    std::vector<std::string> groups;
    std::vector<std::pair<std::string, Hdf5Handle>> variables;
    for (const std::string& name : link_names(root)) {
      step_(0);
      Hdf5Handle object(H5Oopen(root, name.c_str(), H5P_DEFAULT), H5Oclose, "H5Oopen");
      const H5I_type_t kind = H5Iget_type(object);
      if (kind == H5I_GROUP) {
        groups.push_back(name);
      } else if (kind != H5I_DATASET) {
        throw Damage(fmt::format("{} is neither a variable nor a group", name));
      } else if (is_scale(object)) {
        read_dimension(object, name);
      } else {
        variables.emplace_back(name, std::move(object));
      }
    }
    for (const auto& [name, dataset] : variables) read_array(name, dataset);
    for (const std::string& name : groups) read_group(name);
    if (digest_.hex() != content_sha256_) throw Damage("what it says does not match its checksum content_sha256");
    return std::move(outcomes_);
  }

 private:
  void require_our_format() const {
    std::optional<std::string> version;
    if (checked(H5Aexists(file_, "schema"), "H5Aexists") > 0 &&
        checked(H5Aexists(file_, "sojourn_version"), "H5Aexists") > 0) {
      version = read_attribute(file_, "schema", image_bytes_);
    }
    if (version != fmt::to_string(results_schema)) throw OtherFormat(version.value_or(""));
  }

  [[nodiscard]] Hdf5Handle open(std::string_view image) const {
    step_(image.size());
    const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "H5Pcreate");
    checked(H5Pset_fapl_core(access, std::size_t{1} << 16, false), "H5Pset_fapl_core");
    checked(H5Pset_fclose_degree(access, H5F_CLOSE_STRONG), "H5Pset_fclose_degree");
    // HDF5 copies the image; it asks for a mutable one only because one of its modes takes it over.
    checked(H5Pset_file_image(access, const_cast<char*>(image.data()), image.size()), "H5Pset_file_image");
    return Hdf5Handle(H5Fopen(image_name, H5F_ACC_RDONLY, access), H5Fclose, "H5Fopen");
  }

  [[nodiscard]] std::vector<std::string> link_names(hid_t group) const {
    H5G_info_t info = {};
    checked(H5Gget_info(group, &info), "H5Gget_info");
    std::vector<std::string> names;
    for (hsize_t i = 0; i < info.nlinks; ++i) {
      step_(0);
      const auto ask = [&](char* name, std::size_t size) {
        return checked(H5Lget_name_by_idx(group, ".", H5_INDEX_CRT_ORDER, H5_ITER_INC, i, name, size, H5P_DEFAULT),
                       "H5Lget_name_by_idx");
      };
      std::string name(static_cast<std::size_t>(ask(nullptr, 0)), '\0');
      ask(name.data(), name.size() + 1);
      H5L_info_t link = {};
      checked(H5Lget_info(group, name.c_str(), &link, H5P_DEFAULT), "H5Lget_info");
      // The others lead to other places, even to other files.
      if (link.type != H5L_TYPE_HARD) throw Damage(fmt::format("{} is a link to another place", name));
      names.push_back(std::move(name));
    }
    return names;
  }

  [[nodiscard]] bool is_scale(hid_t dataset) const {
    return checked(H5Aexists(dataset, "CLASS"), "H5Aexists") > 0 &&
           read_attribute(dataset, "CLASS", image_bytes_) == "DIMENSION_SCALE";
  }

  /// A list of texts, which an attribute holds as JSON.
  static std::vector<std::string> list_of(const std::string& text, const char* name) {
    try {
      return nlohmann::ordered_json::parse(text).get<std::vector<std::string>>();
    } catch (const nlohmann::ordered_json::exception&) {
      throw Damage(fmt::format("the attribute {} is no list of texts", name));
    }
  }

  void read_provenance_attributes() {
    Attributes attributes = read_attributes(file_, image_bytes_);
    const auto text = [&attributes](std::string_view name) {
      const std::optional<std::string> found = find(attributes, name);
      if (!found) throw Damage(fmt::format("the attribute {} is missing", name));
      return *found;
    };
    Provenance& from = outcomes_.provenance;
    from.title = text("title");
    from.history = text("history");
    from.request.command = text("command");
    from.request.changes = list_of(text("changes"), "changes");
    from.request.plans = list_of(text("plans"), "plans");
    from.version = text("sojourn_version");
    from.build = text("build");
    from.scenario_toml = text("scenario_toml");
    from.scenario_name = text("scenario_name");
    const std::string seed = text("seed");
    const auto parsed = std::from_chars(seed.data(), seed.data() + seed.size(), from.seed);
    if (parsed.ec != std::errc() || parsed.ptr != seed.data() + seed.size()) throw Damage("the seed is no number");
    if (text("seed_text") != fmt::to_string(from.seed)) throw Damage("seed_text is not the seed");
    if (text("scenario_sha256") != sha256_hex(from.scenario_toml))
      throw Damage("scenario_sha256 is not the digest of scenario_toml");
    content_sha256_ = text("content_sha256");
    const Attributes usual = file_attributes(Provenance());
    for (const auto& [name, said] : attributes) {
      if (name != "content_sha256" && !find(usual, name)) from.more.emplace_back(name, said);
    }
    std::erase_if(attributes, [](const auto& one) { return one.first == "content_sha256"; });
    digest_.add("/", {}, attributes, std::monostate());
  }

  // Refuses storage that Sojourn does not write: values in other files, filters of strangers, blocks without bound.
  static void require_our_storage(hid_t dataset, const std::string& name) {
    const auto refuse = [&name] {
      throw Damage(fmt::format("the variable {} is stored as Sojourn does not store one", name));
    };
    const Hdf5Handle made(H5Dget_create_plist(dataset), H5Pclose, "H5Dget_create_plist");
    const H5D_layout_t layout = checked(H5Pget_layout(made), "H5Pget_layout");
    if (layout == H5D_VIRTUAL || checked(H5Pget_external_count(made), "H5Pget_external_count") > 0) refuse();
    const int filters = checked(H5Pget_nfilters(made), "H5Pget_nfilters");
    if (filters > most_axes) refuse();
    for (int i = 0; i < filters; ++i) {
      unsigned flags = 0;
      std::size_t parameters = 0;
      const H5Z_filter_t filter =
          checked(H5Pget_filter2(made, static_cast<unsigned>(i), &flags, &parameters, nullptr, 0, nullptr, nullptr),
                  "H5Pget_filter2");
      if (filter != H5Z_FILTER_SHUFFLE && filter != H5Z_FILTER_DEFLATE && filter != H5Z_FILTER_FLETCHER32) refuse();
    }
    if (layout != H5D_CHUNKED) return;
    constexpr std::uint64_t most_values = std::uint64_t{1} << 17;  // a mebibyte, as written
    Extent chunk(most_axes);
    const int rank = checked(H5Pget_chunk(made, most_axes, chunk.data()), "H5Pget_chunk");
    std::uint64_t values = 1;
    for (int axis = 0; axis < std::min(rank, most_axes); ++axis) {
      const hsize_t size = chunk[static_cast<std::size_t>(axis)];
      if (size == 0 || size > most_values / values) refuse();
      values *= size;
    }
  }

  Extent extent_of(hid_t dataset) {
    const Hdf5Handle space(H5Dget_space(dataset), H5Sclose, "H5Dget_space");
    const int rank = checked(H5Sget_simple_extent_ndims(space), "H5Sget_simple_extent_ndims");
    if (rank > most_axes) throw Damage("a variable has more axes than Sojourn writes");
    Extent extent(static_cast<std::size_t>(rank));
    checked(H5Sget_simple_extent_dims(space, extent.data(), nullptr), "H5Sget_simple_extent_dims");
    return extent;
  }

  // The number of values, refusing a file that would unpack to more memory than we would ever have written.
  std::size_t count_values(const Extent& extent) {
    std::uint64_t count = 1;
    for (const hsize_t size : extent) {
      if (size > 0 && count > most_value_bytes / size) throw Damage("it claims to hold more than 4 GiB");
      count *= size;
    }
    value_bytes_ += 8 * count;
    if (value_bytes_ > most_value_bytes) throw Damage("it claims to hold more than 4 GiB");
    if (value_bytes_ > most_read_bytes(image_bytes_)) throw Damage("it claims to hold more than its bytes can");
    step_(8 * count);
    return count;
  }

  template <class Number>
  static std::vector<Number> read_numbers(hid_t dataset, hid_t memory_type, std::size_t count) {
    std::vector<Number> values(count);
    if (count > 0) checked(H5Dread(dataset, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), "H5Dread");
    return values;
  }

  static std::vector<std::string> read_texts(hid_t dataset, std::size_t count) {
    if (count == 0) return {};
    const Hdf5Handle type = text_type(H5T_VARIABLE);
    const Hdf5Handle space(H5Dget_space(dataset), H5Sclose, "H5Dget_space");
    std::vector<char*> texts(count, nullptr);
    checked(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, texts.data()), "H5Dread");
    std::vector<std::string> values;
    for (const char* text : texts) values.emplace_back(text == nullptr ? "" : text);
    checked(H5Dvlen_reclaim(type, space, H5P_DEFAULT, texts.data()), "H5Dvlen_reclaim");
    return values;
  }

  enum class Kind { real, integer, text };

  static Kind kind_of(hid_t dataset, const std::string& name) {
    const Hdf5Handle type(H5Dget_type(dataset), H5Tclose, "H5Dget_type");
    const H5T_class_t kind = H5Tget_class(type);
    if (kind == H5T_STRING && H5Tis_variable_str(type) > 0) return Kind::text;
    if (kind == H5T_FLOAT && H5Tget_size(type) == 8) return Kind::real;
    if (kind == H5T_INTEGER && H5Tget_size(type) == 8) return Kind::integer;
    throw Damage(fmt::format("the variable {} is of a type that Sojourn does not write", name));
  }

  void read_dimension(hid_t dataset, const std::string& name) {
    const Extent extent = extent_of(dataset);
    if (extent.size() != 1) throw Damage(fmt::format("the dimension {} has not one axis", name));
    require_our_storage(dataset, name);
    const Attributes attributes = read_attributes(dataset, image_bytes_);
    Dimension dimension{name, extent[0], {}, text_or_none(attributes, "units"), text_or_none(attributes, "long_name")};
    if (!read_attribute(dataset, "NAME", image_bytes_).value_or("").starts_with(no_values_label)) {
      const std::size_t count = count_values(extent);
      switch (kind_of(dataset, name)) {
        case Kind::real:
          dimension.values = read_numbers<double>(dataset, H5T_NATIVE_DOUBLE, count);
          break;
        case Kind::integer:
          dimension.values = read_numbers<std::int64_t>(dataset, H5T_NATIVE_INT64, count);
          break;
        case Kind::text:
          dimension.values = read_texts(dataset, count);
          break;
      }
    }
    std::visit(
        [&](const auto& values) {
          digest_.add("/" + name, {{name, extent[0]}}, attributes, values);
        },
        dimension.values);
    names_by_reference_[reference_to(file_, "/" + name)] = name;
    outcomes_.dimensions.push_back(std::move(dimension));
  }

  std::vector<std::string> dimensions_of(hid_t dataset, std::size_t rank) {
    if (rank == 0) return {};
    const Hdf5Handle attribute(H5Aopen(dataset, "DIMENSION_LIST", H5P_DEFAULT), H5Aclose, "H5Aopen");
    const Hdf5Handle space(H5Aget_space(attribute), H5Sclose, "H5Aget_space");
    const Hdf5Handle type(H5Tvlen_create(H5T_STD_REF_OBJ), H5Tclose, "H5Tvlen_create");
    const Hdf5Handle stored(H5Aget_type(attribute), H5Tclose, "H5Aget_type");
    if (H5Sget_simple_extent_npoints(space) != static_cast<hssize_t>(rank) || H5Tequal(type, stored) <= 0)
      throw Damage("a variable has axes without a dimension");
    std::vector<hvl_t> lists(rank);
    checked(H5Aread(attribute, type, lists.data()), "H5Aread");
    std::vector<std::string> names;
    for (const hvl_t& list : lists) {
      if (list.len != 1) break;
      const auto found = names_by_reference_.find(*static_cast<const hobj_ref_t*>(list.p));
      if (found == names_by_reference_.end()) break;
      names.push_back(found->second);
    }
    checked(H5Dvlen_reclaim(type, space, H5P_DEFAULT, lists.data()), "H5Dvlen_reclaim");
    if (names.size() != rank) throw Damage("a variable has axes without a dimension");
    return names;
  }

  // `name` with its group, as "horizon/retention".
  void read_array(const std::string& name, hid_t dataset) {
    step_(0);
    const Extent extent = extent_of(dataset);
    require_our_storage(dataset, name);
    const Attributes attributes = read_attributes(dataset, image_bytes_);
    Array array{name,
                dimensions_of(dataset, extent.size()),
                text_or_none(attributes, "units"),
                text_or_none(attributes, "long_name"),
                {}};
    std::vector<Axis> axes;
    for (std::size_t i = 0; i < extent.size(); ++i) {
      if (outcomes_.dimension(array.dimensions[i]).size != extent[i])
        throw Damage("a variable and its dimension differ in length");
      axes.emplace_back(array.dimensions[i], extent[i]);
    }
    const std::size_t count = count_values(extent);
    switch (kind_of(dataset, name)) {
      case Kind::real:
        array.values = read_numbers<double>(dataset, H5T_NATIVE_DOUBLE, count);
        break;
      case Kind::integer:
        array.values = read_numbers<std::int64_t>(dataset, H5T_NATIVE_INT64, count);
        break;
      case Kind::text:
        throw Damage(fmt::format("the variable {} holds text", name));
    }
    std::visit([&](const auto& values) { digest_.add("/" + name, axes, attributes, values); }, array.values);
    outcomes_.arrays.push_back(std::move(array));
  }

  void read_group(const std::string& group_name) {
    const Hdf5Handle group(H5Gopen2(file_, group_name.c_str(), H5P_DEFAULT), H5Gclose, "H5Gopen2");
    for (const std::string& name : link_names(group)) {
      step_(0);
      const Hdf5Handle object(H5Oopen(group, name.c_str(), H5P_DEFAULT), H5Oclose, "H5Oopen");
      if (H5Iget_type(object) != H5I_DATASET) throw Damage(fmt::format("{}/{} is no variable", group_name, name));
      if (!is_scale(object)) read_array(group_name + "/" + name, object);
    }
  }

  std::size_t image_bytes_;
  const std::function<void(std::uint64_t)>& step_;
  Hdf5Handle file_;
  Outcomes outcomes_;
  ContentDigest digest_;
  std::string content_sha256_;
  std::map<hobj_ref_t, std::string> names_by_reference_;
  std::uint64_t value_bytes_ = 0;
};

}  // namespace

Outcomes read_image(std::string_view image, const std::function<void(std::uint64_t)>& step) {
  // Never closed: that is a tenth of the work, and the process that reads ends.
  return (new ImageReader(image, step))->read();
}

}  // namespace sojourn
