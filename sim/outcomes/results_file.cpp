#include "sojourn/outcomes/results_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <optional>

#include "content_digest.hpp"
#include "hdf5_handle.hpp"
#include "sojourn/base/error.hpp"
#include "sojourn/base/sha256.hpp"
#include "sojourn/base/whole_file.hpp"

namespace sojourn {
namespace {

constexpr std::string_view hdf5_signature = "\x89HDF\r\n\x1a\n";
constexpr std::string_view seal_label = "sojourn sha256 ";
constexpr std::size_t seal_size = seal_label.size() + 64 + 1;
// Every reader of the netCDF library knows a dimension without values by this beginning of its NAME.
constexpr std::string_view no_values_label = "This is a netCDF dimension but not a netCDF variable.";
constexpr std::uint64_t most_value_bytes = std::uint64_t{4} << 30;
constexpr std::uint64_t most_file_bytes = most_value_bytes + (std::uint64_t{1} << 30);
// In-memory files need a name, which nothing opens: no folder can be below a null device.
constexpr const char* image_name = "/dev/null/sojourn-image";

using Extent = std::vector<hsize_t>;

// ---- What is written, apart from HDF5 ----

Attributes file_attributes(const Provenance& from) {
  return {{"Conventions", "CF-1.11"},
          {"title", from.title},
          {"history", from.history},
          {"sojourn_version", from.version},
          {"schema", fmt::to_string(results_schema)},
          {"seed", fmt::to_string(from.seed)},
          {"seed_text", fmt::to_string(from.seed)},
          {"scenario_name", from.scenario_name},
          {"scenario_sha256", sha256_hex(from.scenario_toml)},
          {"scenario_toml", from.scenario_toml},
          {"build", from.build}};
}

Attributes described(std::string_view unit, const std::string& long_name) {
  Attributes attributes;
  if (!long_name.empty()) attributes.emplace_back("long_name", long_name);
  if (!unit.empty()) attributes.emplace_back("units", unit == "count" ? "1" : unit);
  return attributes;
}

Attributes attributes_of(const Array& array) { return described(array.unit, array.long_name); }

Attributes attributes_of(const Dimension& dimension) {
  Attributes attributes = described(dimension.unit, dimension.long_name);
  if (dimension.unit.find(" since ") != std::string::npos) {  // a time axis of the CF conventions, section 4.4
    attributes.emplace_back("standard_name", "time");
    attributes.emplace_back("calendar", "proleptic_gregorian");
    attributes.emplace_back("axis", "T");
  }
  return attributes;
}

std::vector<Axis> axes_of(const Array& array, const Outcomes& outcomes) {
  std::vector<Axis> axes;
  for (const std::string& name : array.dimensions) axes.emplace_back(name, outcomes.dimension(name).size);
  return axes;
}

std::uint64_t value_bytes(const Outcomes& outcomes) {
  std::uint64_t bytes = 0;
  for (const Array& array : outcomes.arrays) {
    bytes += std::visit([](const auto& values) { return std::uint64_t{8} * values.size(); }, array.values);
  }
  return bytes;
}

// The line after HDF5's own end of the file. HDF5 and all that stands on it ignore it; we check it before HDF5 parses
// anything, because the library may crash on damaged structures.
std::string seal(std::string_view image) { return fmt::format("{}{}\n", seal_label, sha256_hex(image)); }

// ---- Types ----

Hdf5Handle text_type(std::size_t size) {
  Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose, "H5Tcopy");
  checked(H5Tset_size(type, size), "H5Tset_size");
  checked(H5Tset_cset(type, H5T_CSET_UTF8), "H5Tset_cset");
  return type;
}

// The element of REFERENCE_LIST in the HDF5 Dimension Scale Specification 1.4: which variable, which of its axes. The
// padding is spelled out because H5DSattach_scale writes it uninitialised, so that equal runs would give unequal files.
struct Use {
  hobj_ref_t variable;
  std::int32_t axis;
  std::int32_t padding;
};

Hdf5Handle use_type() {
  Hdf5Handle type(H5Tcreate(H5T_COMPOUND, sizeof(Use)), H5Tclose, "H5Tcreate");
  checked(H5Tinsert(type, "dataset", HOFFSET(Use, variable), H5T_STD_REF_OBJ), "H5Tinsert");
  checked(H5Tinsert(type, "dimension", HOFFSET(Use, axis), H5T_STD_I32LE), "H5Tinsert");
  return type;
}

hobj_ref_t reference_to(hid_t file, const std::string& path) {
  hobj_ref_t reference = 0;
  checked(H5Rcreate(&reference, file, path.c_str(), H5R_OBJECT, -1), "H5Rcreate");
  return reference;
}

// ---- Writing ----

void write_attribute(hid_t object, const char* name, hid_t type, hid_t space, const void* value) {
  const Hdf5Handle attribute(H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose, "H5Acreate2");
  checked(H5Awrite(attribute, type, value), "H5Awrite");
}

void write_scalar(hid_t object, const char* name, hid_t type, const void* value) {
  const Hdf5Handle scalar(H5Screate(H5S_SCALAR), H5Sclose, "H5Screate");
  write_attribute(object, name, type, scalar, value);
}

// Scalar and of fixed length, which every reader takes; a text of no length does not exist there and becomes one null
// character.
void write_text(hid_t object, const std::string& name, const std::string& text) {
  const Hdf5Handle type = text_type(std::max<std::size_t>(text.size(), 1));
  checked(H5Tset_strpad(type, H5T_STR_NULLPAD), "H5Tset_strpad");
  write_scalar(object, name.c_str(), type, text.data());
}

// With the terminating null character, as H5DSset_scale writes CLASS and NAME.
void write_terminated_text(hid_t object, const char* name, const std::string& text) {
  write_scalar(object, name, text_type(text.size() + 1), text.c_str());
}

Hdf5Handle creation_properties(hid_t kind) {
  Hdf5Handle properties(H5Pcreate(kind), H5Pclose, "H5Pcreate");
  checked(H5Pset_obj_track_times(properties, false), "H5Pset_obj_track_times");
  checked(H5Pset_attr_creation_order(properties, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED),
          "H5Pset_attr_creation_order");
  if (kind != H5P_DATASET_CREATE) {
    checked(H5Pset_link_creation_order(properties, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED),
            "H5Pset_link_creation_order");
  }
  return properties;
}

// Blocks of at most a mebibyte (HDF5's chunk cache): the last axes whole, the one before them cut, those in front singly.
Extent chunk_of(Extent extent, std::size_t element_size) {
  std::uint64_t room = (std::uint64_t{1} << 20) / element_size;
  for (std::size_t axis = extent.size(); axis-- > 0;) {
    extent[axis] = std::clamp<std::uint64_t>(room, 1, extent[axis]);
    room /= extent[axis];
  }
  return extent;
}

// HDF5 refuses its checksum for text of variable length, whose characters lie elsewhere anyway; the seal and content_sha256
// cover it.
enum class Packing { none, checked, deflated_and_checked };

// Checksums need chunks, and chunks need something to be cut.
Hdf5Handle create_dataset(hid_t place, const std::string& name, hid_t type, const Extent& extent, Packing packing) {
  const auto rank = static_cast<int>(extent.size());
  const Hdf5Handle space(rank == 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(rank, extent.data(), nullptr), H5Sclose,
                         "H5Screate_simple");
  const Hdf5Handle properties = creation_properties(H5P_DATASET_CREATE);
  if (packing != Packing::none && rank > 0 && std::find(extent.begin(), extent.end(), 0) == extent.end()) {
    const Extent chunk = chunk_of(extent, H5Tget_size(type));
    checked(H5Pset_chunk(properties, rank, chunk.data()), "H5Pset_chunk");
    if (packing == Packing::deflated_and_checked) {
      checked(H5Pset_shuffle(properties), "H5Pset_shuffle");
      checked(H5Pset_deflate(properties, 1), "H5Pset_deflate");
    }
    checked(H5Pset_fletcher32(properties), "H5Pset_fletcher32");
  }
  if (H5Tget_class(type) == H5T_FLOAT) {
    constexpr double missing = std::numeric_limits<double>::quiet_NaN();
    checked(H5Pset_fill_value(properties, H5T_NATIVE_DOUBLE, &missing), "H5Pset_fill_value");
  }
  return Hdf5Handle(H5Dcreate2(place, name.c_str(), type, space, H5P_DEFAULT, properties, H5P_DEFAULT), H5Dclose,
                    "H5Dcreate2");
}

void write_values(hid_t dataset, hid_t memory_type, const void* values) {
  checked(H5Dwrite(dataset, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), "H5Dwrite");
}

Packing packing_of(std::size_t count) {
  constexpr std::size_t worthwhile = std::size_t{1} << 16;  // bytes
  return count * 8 < worthwhile ? Packing::checked : Packing::deflated_and_checked;
}

Hdf5Handle write_dataset(hid_t place, const std::string& name, const Extent& extent, const std::vector<double>& values) {
  Hdf5Handle dataset = create_dataset(place, name, H5T_IEEE_F64LE, extent, packing_of(values.size()));
  write_values(dataset, H5T_NATIVE_DOUBLE, values.data());
  return dataset;
}

Hdf5Handle write_dataset(hid_t place, const std::string& name, const Extent& extent,
                         const std::vector<std::int64_t>& values) {
  Hdf5Handle dataset = create_dataset(place, name, H5T_STD_I64LE, extent, packing_of(values.size()));
  write_values(dataset, H5T_NATIVE_INT64, values.data());
  return dataset;
}

Hdf5Handle write_dataset(hid_t place, const std::string& name, const Extent& extent,
                         const std::vector<std::string>& values) {
  const Hdf5Handle type = text_type(H5T_VARIABLE);
  Hdf5Handle dataset = create_dataset(place, name, type, extent, Packing::none);
  std::vector<const char*> texts;
  for (const std::string& value : values) texts.push_back(value.c_str());
  write_values(dataset, type, texts.data());
  return dataset;
}

// Its zeros mean nothing; they are stored because h5diff calls a dataset without storage "not comparable".
Hdf5Handle write_dataset(hid_t place, const std::string& name, const Extent& extent, std::monostate) {
  const Hdf5Handle space(H5Screate_simple(1, extent.data(), nullptr), H5Sclose, "H5Screate_simple");
  const Hdf5Handle properties = creation_properties(H5P_DATASET_CREATE);
  checked(H5Pset_alloc_time(properties, H5D_ALLOC_TIME_EARLY), "H5Pset_alloc_time");
  return Hdf5Handle(H5Dcreate2(place, name.c_str(), H5T_IEEE_F32BE, space, H5P_DEFAULT, properties, H5P_DEFAULT), H5Dclose,
                    "H5Dcreate2");
}

// Builds the file in memory and gives its bytes.
class ImageWriter {
 public:
  explicit ImageWriter(const Outcomes& outcomes) : outcomes_(outcomes), file_(create(value_bytes(outcomes))) {}

  std::string write() {
    write_file_attributes();
    for (const Dimension& dimension : outcomes_.dimensions) write_dimension(dimension);
    for (const Array& array : outcomes_.arrays) {
      if (array.name.find('/') == std::string::npos) write_array(file_, array.name, array);
    }
    write_groups();
    for (const Dimension& dimension : outcomes_.dimensions) write_uses(dimension);
    return image();
  }

 private:
  static Hdf5Handle create(std::uint64_t expected_bytes) {
    const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "H5Pcreate");
    // The image grows by steps, each copying it: few steps for large files.
    const std::size_t step = std::clamp<std::size_t>(expected_bytes / 8, std::size_t{1} << 16, std::size_t{1} << 28);
    checked(H5Pset_fapl_core(access, step, false), "H5Pset_fapl_core");
    // The oldest superblock, which every reader knows. Later ones have a checksum, which H5Fget_file_image breaks (HDF5
    // issue 1915).
    checked(H5Pset_libver_bounds(access, H5F_LIBVER_EARLIEST, H5F_LIBVER_V18), "H5Pset_libver_bounds");
    checked(H5Pset_fclose_degree(access, H5F_CLOSE_STRONG), "H5Pset_fclose_degree");
    return Hdf5Handle(H5Fcreate(image_name, H5F_ACC_TRUNC, creation_properties(H5P_FILE_CREATE), access), H5Fclose,
                      "H5Fcreate");
  }

  // The seed and the format's version are numbers; all else is text.
  void write_file_attributes() {
    for (const auto& [name, text] : file_attributes(outcomes_.provenance)) {
      if (name == "schema") {
        const int version = results_schema;
        write_scalar(file_, "schema", H5T_NATIVE_INT, &version);
      } else if (name == "seed") {
        write_scalar(file_, "seed", H5T_NATIVE_UINT64, &outcomes_.provenance.seed);
      } else {
        write_text(file_, name, text);
      }
    }
    write_text(file_, "content_sha256", content_sha256(outcomes_));
  }

  void write_dimension(const Dimension& dimension) {
    const Hdf5Handle dataset =
        std::visit([&](const auto& values) { return write_dataset(file_, dimension.name, {dimension.size}, values); },
                   dimension.values);
    const bool has_values = !std::holds_alternative<std::monostate>(dimension.values);
    write_terminated_text(dataset, "CLASS", "DIMENSION_SCALE");
    write_terminated_text(dataset, "NAME",
                          has_values ? dimension.name : fmt::format("{}{:10}", no_values_label, dimension.size));
    for (const auto& [name, text] : attributes_of(dimension)) write_text(dataset, name, text);
    scales_[dimension.name] = {reference_to(file_, "/" + dimension.name), {}};
  }

  void write_array(hid_t place, const std::string& name, const Array& array) {
    Extent extent;
    for (const std::string& axis : array.dimensions) extent.push_back(outcomes_.dimension(axis).size);
    const Hdf5Handle dataset =
        std::visit([&](const auto& values) { return write_dataset(place, name, extent, values); }, array.values);
    attach(dataset, array);
    if (std::holds_alternative<std::vector<double>>(array.values)) {
      const hsize_t one = 1;
      const double missing = std::numeric_limits<double>::quiet_NaN();
      const Hdf5Handle space(H5Screate_simple(1, &one, nullptr), H5Sclose, "H5Screate_simple");
      write_attribute(dataset, "_FillValue", H5T_IEEE_F64LE, space, &missing);
    }
    for (const auto& [attribute, text] : attributes_of(array)) write_text(dataset, attribute, text);
  }

  // What H5DSattach_scale does to the variable, for all its axes at once.
  void attach(hid_t dataset, const Array& array) {
    if (array.dimensions.empty()) return;
    std::vector<hvl_t> lists;
    for (std::size_t axis = 0; axis < array.dimensions.size(); ++axis) {
      Scale& scale = scales_.at(array.dimensions[axis]);
      lists.push_back({1, &scale.reference});
      scale.uses.push_back({reference_to(file_, "/" + array.name), static_cast<std::int32_t>(axis), 0});
    }
    const hsize_t rank = lists.size();
    const Hdf5Handle type(H5Tvlen_create(H5T_STD_REF_OBJ), H5Tclose, "H5Tvlen_create");
    const Hdf5Handle space(H5Screate_simple(1, &rank, nullptr), H5Sclose, "H5Screate_simple");
    write_attribute(dataset, "DIMENSION_LIST", type, space, lists.data());
  }

  // A group's readers look for the scales in the group, so it links those of the root that its arrays use.
  void write_groups() {
    std::vector<std::string> groups;  // in the order of their first arrays
    for (const Array& array : outcomes_.arrays) {
      const std::size_t slash = array.name.find('/');
      if (slash == std::string::npos) continue;
      const std::string name = array.name.substr(0, slash);
      if (std::find(groups.begin(), groups.end(), name) == groups.end()) groups.push_back(name);
    }
    for (const std::string& name : groups) write_group(name);
  }

  void write_group(const std::string& group_name) {
    const Hdf5Handle group(
        H5Gcreate2(file_, group_name.c_str(), H5P_DEFAULT, creation_properties(H5P_GROUP_CREATE), H5P_DEFAULT), H5Gclose,
        "H5Gcreate2");
    std::vector<const Array*> members;
    for (const Array& array : outcomes_.arrays) {
      if (array.name.starts_with(group_name + "/")) members.push_back(&array);
    }
    for (const Dimension& dimension : outcomes_.dimensions) {
      const bool used = std::any_of(members.begin(), members.end(), [&dimension](const Array* array) {
        return std::find(array->dimensions.begin(), array->dimensions.end(), dimension.name) != array->dimensions.end();
      });
      const char* name = dimension.name.c_str();
      if (used) checked(H5Lcreate_hard(file_, name, group, name, H5P_DEFAULT, H5P_DEFAULT), "H5Lcreate_hard");
    }
    for (const Array* array : members) write_array(group, array->name.substr(group_name.size() + 1), *array);
  }

  void write_uses(const Dimension& dimension) {
    const std::vector<Use>& uses = scales_.at(dimension.name).uses;
    if (uses.empty()) return;
    const hsize_t count = uses.size();
    const Hdf5Handle dataset(H5Dopen2(file_, dimension.name.c_str(), H5P_DEFAULT), H5Dclose, "H5Dopen2");
    const Hdf5Handle space(H5Screate_simple(1, &count, nullptr), H5Sclose, "H5Screate_simple");
    write_attribute(dataset, "REFERENCE_LIST", use_type(), space, uses.data());
  }

  std::string image() {
    checked(H5Fflush(file_, H5F_SCOPE_GLOBAL), "H5Fflush");
    const auto size = static_cast<std::size_t>(checked(H5Fget_file_image(file_, nullptr, 0), "H5Fget_file_image"));
    std::string bytes(size, '\0');
    checked(H5Fget_file_image(file_, bytes.data(), size), "H5Fget_file_image");
    return bytes;
  }

  struct Scale {
    hobj_ref_t reference = 0;
    std::vector<Use> uses;
  };

  const Outcomes& outcomes_;
  Hdf5Handle file_;
  std::map<std::string, Scale> scales_;
};

// ---- Reading ----

// The file says something that we did not write there.
class Damage : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

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

std::string read_text(hid_t attribute, hid_t type) {
  std::string text(H5Tget_size(type), '\0');
  checked(H5Aread(attribute, type, text.data()), "H5Aread");
  text.erase(text.find_last_not_of('\0') + 1);
  return text;
}

// The attribute as text, whole numbers in decimal; nothing when it is of another kind.
std::optional<std::string> read_attribute(hid_t object, const std::string& name) {
  const Hdf5Handle attribute(H5Aopen(object, name.c_str(), H5P_DEFAULT), H5Aclose, "H5Aopen");
  const Hdf5Handle type(H5Aget_type(attribute), H5Tclose, "H5Aget_type");
  const Hdf5Handle space(H5Aget_space(attribute), H5Sclose, "H5Aget_space");
  if (H5Sget_simple_extent_npoints(space) != 1) return std::nullopt;
  if (H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) == 0) return read_text(attribute, type);
  if (H5Tget_class(type) != H5T_INTEGER) return std::nullopt;
  if (H5Tget_sign(type) == H5T_SGN_NONE) {
    std::uint64_t value = 0;
    checked(H5Aread(attribute, H5T_NATIVE_UINT64, &value), "H5Aread");
    return fmt::to_string(value);
  }
  std::int64_t value = 0;
  checked(H5Aread(attribute, H5T_NATIVE_INT64, &value), "H5Aread");
  return fmt::to_string(value);
}

Attributes read_attributes(hid_t object) {
  Attributes attributes;
  for (const std::string& name : attribute_names(object)) {
    if (is_structural(name)) continue;
    const std::optional<std::string> text = read_attribute(object, name);
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
  explicit ImageReader(std::string_view image) : file_(open(image)) {}

  // The version of the format; nothing when the file is not Sojourn's.
  [[nodiscard]] std::optional<std::string> schema() const {
    for (const char* name : {"schema", "sojourn_version"}) {
      if (checked(H5Aexists(file_, name), "H5Aexists") == 0) return std::nullopt;
    }
    return read_attribute(file_, "schema");
  }

  Outcomes read() {
    read_provenance_attributes();
    const Hdf5Handle root(H5Gopen2(file_, "/", H5P_DEFAULT), H5Gclose, "H5Gopen2");
    std::vector<std::string> groups;
    std::vector<std::string> variables;
    for (const std::string& name : link_names(root)) {
      const Hdf5Handle object(H5Oopen(root, name.c_str(), H5P_DEFAULT), H5Oclose, "H5Oopen");
      const H5I_type_t kind = H5Iget_type(object);
      if (kind == H5I_GROUP) {
        groups.push_back(name);
      } else if (kind != H5I_DATASET) {
        throw Damage(fmt::format("{} is neither a variable nor a group", name));
      } else if (is_scale(object)) {
        read_dimension(object, name);
      } else {
        variables.push_back(name);
      }
    }
    for (const std::string& name : variables) read_array(name);
    for (const std::string& name : groups) read_group(name);
    if (digest_.hex() != content_sha256_) throw Damage("what it says does not match its checksum content_sha256");
    return std::move(outcomes_);
  }

 private:
  static Hdf5Handle open(std::string_view image) {
    const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "H5Pcreate");
    checked(H5Pset_fapl_core(access, std::size_t{1} << 16, false), "H5Pset_fapl_core");
    checked(H5Pset_fclose_degree(access, H5F_CLOSE_STRONG), "H5Pset_fclose_degree");
    // HDF5 copies the image; it asks for a mutable one only because one of its modes takes it over.
    checked(H5Pset_file_image(access, const_cast<char*>(image.data()), image.size()), "H5Pset_file_image");
    return Hdf5Handle(H5Fopen(image_name, H5F_ACC_RDONLY, access), H5Fclose, "H5Fopen");
  }

  static std::vector<std::string> link_names(hid_t group) {
    H5G_info_t info = {};
    checked(H5Gget_info(group, &info), "H5Gget_info");
    std::vector<std::string> names;
    for (hsize_t i = 0; i < info.nlinks; ++i) {
      const auto ask = [&](char* name, std::size_t size) {
        return checked(H5Lget_name_by_idx(group, ".", H5_INDEX_CRT_ORDER, H5_ITER_INC, i, name, size, H5P_DEFAULT),
                       "H5Lget_name_by_idx");
      };
      std::string name(static_cast<std::size_t>(ask(nullptr, 0)), '\0');
      ask(name.data(), name.size() + 1);
      names.push_back(std::move(name));
    }
    return names;
  }

  static bool is_scale(hid_t dataset) {
    return checked(H5Aexists(dataset, "CLASS"), "H5Aexists") > 0 && read_attribute(dataset, "CLASS") == "DIMENSION_SCALE";
  }

  void read_provenance_attributes() {
    Attributes attributes = read_attributes(file_);
    const auto text = [&attributes](std::string_view name) {
      const std::optional<std::string> found = find(attributes, name);
      if (!found) throw Damage(fmt::format("the attribute {} is missing", name));
      return *found;
    };
    Provenance& from = outcomes_.provenance;
    from.title = text("title");
    from.history = text("history");
    from.version = text("sojourn_version");
    from.build = text("build");
    from.scenario_toml = text("scenario_toml");
    from.scenario_name = text("scenario_name");
    const std::string seed = text("seed");
    if (std::from_chars(seed.data(), seed.data() + seed.size(), from.seed).ec != std::errc())
      throw Damage("the seed is no number");
    content_sha256_ = text("content_sha256");
    std::erase_if(attributes, [](const auto& one) { return one.first == "content_sha256"; });
    digest_.add("/", {}, attributes, std::monostate());
  }

  Extent extent_of(hid_t dataset) {
    const Hdf5Handle space(H5Dget_space(dataset), H5Sclose, "H5Dget_space");
    const int rank = checked(H5Sget_simple_extent_ndims(space), "H5Sget_simple_extent_ndims");
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
    const Attributes attributes = read_attributes(dataset);
    Dimension dimension{name, extent[0], {}, text_or_none(attributes, "units"), text_or_none(attributes, "long_name")};
    if (!read_attribute(dataset, "NAME").value_or("").starts_with(no_values_label)) {
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
    if (H5Sget_simple_extent_npoints(space) != static_cast<hssize_t>(rank))
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
  void read_array(const std::string& name) {
    const Hdf5Handle dataset(H5Dopen2(file_, name.c_str(), H5P_DEFAULT), H5Dclose, "H5Dopen2");
    const Extent extent = extent_of(dataset);
    const Attributes attributes = read_attributes(dataset);
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
      const Hdf5Handle object(H5Oopen(group, name.c_str(), H5P_DEFAULT), H5Oclose, "H5Oopen");
      if (H5Iget_type(object) != H5I_DATASET) throw Damage(fmt::format("{}/{} is no variable", group_name, name));
      if (!is_scale(object)) read_array(group_name + "/" + name);
    }
  }

  Hdf5Handle file_;
  Outcomes outcomes_;
  ContentDigest digest_;
  std::string content_sha256_;
  std::map<hobj_ref_t, std::string> names_by_reference_;
  std::uint64_t value_bytes_ = 0;
};

// The bytes without the seal, having checked it. A file that HDF5's own tools have rewritten has none; content_sha256 covers
// it.
std::string_view unsealed(std::string_view bytes) {
  if (bytes.size() < seal_size || !bytes.substr(bytes.size() - seal_size).starts_with(seal_label)) return bytes;
  const std::string_view image = bytes.substr(0, bytes.size() - seal_size);
  if (bytes.substr(image.size()) != seal(image)) throw Damage("its bytes do not match the checksum in its last line");
  return image;
}

}  // namespace

std::string content_sha256(const Outcomes& outcomes) {
  ContentDigest digest;
  digest.add("/", {}, file_attributes(outcomes.provenance), std::monostate());
  for (const Dimension& dimension : outcomes.dimensions) {
    const std::vector<Axis> axes = {{dimension.name, dimension.size}};
    std::visit([&](const auto& values) { digest.add("/" + dimension.name, axes, attributes_of(dimension), values); },
               dimension.values);
  }
  for (const Array& array : outcomes.arrays) {
    std::visit(
        [&](const auto& values) { digest.add("/" + array.name, axes_of(array, outcomes), attributes_of(array), values); },
        array.values);
  }
  return digest.hex();
}

void write_results(const Outcomes& outcomes, const std::filesystem::path& path) {
  require_consistent(outcomes);
  require_replaceable(path);
  if (const std::uint64_t bytes = value_bytes(outcomes); bytes > most_value_bytes) {
    throw RunError(
        fmt::format("sojourn: error: cannot write {}: {} bytes of values are more than a results file holds (4 GiB)\n"
                    "hint: simulate fewer replications, plans or windows at a time",
                    path.string(), bytes));
  }
  std::string bytes;
  try {
    const Hdf5Session session;
    bytes = ImageWriter(outcomes).write();
  } catch (const Hdf5Error& error) {
    throw RunError(fmt::format("sojourn: error: cannot write {}: {}", path.string(), error.what()));
  }
  bytes += seal(bytes);
  replace_file(path, bytes);
}

Outcomes read_results(const std::filesystem::path& path) {
  constexpr std::string_view where_from = "sojourn run SCENARIO.toml writes results files";
  constexpr std::string_view remedy = "restore it from a copy, or run its scenario again";
  const auto refuse = [&path](std::string_view what, std::string_view hint) {
    return InputError(fmt::format("{}: error: {}\nhint: {}", path.string(), what, hint));
  };
  const std::string bytes = read_whole_file(path, most_file_bytes);
  if (bytes.empty()) throw refuse("this file is empty", where_from);
  if (!bytes.starts_with(hdf5_signature)) throw refuse("this is not an HDF5 file, so not a results file", where_from);
  try {
    const std::string_view image = unsealed(bytes);
    const Hdf5Session session;
    ImageReader reader(image);
    const std::optional<std::string> schema = reader.schema();
    if (!schema) throw refuse("this is an HDF5 file, but not Sojourn's", where_from);
    if (*schema != fmt::to_string(results_schema)) {
      throw refuse(fmt::format("this is of results format {}; this sojourn reads format {}", *schema, results_schema),
                   "read it with the version of sojourn that wrote it, or run its scenario again");
    }
    return reader.read();
  } catch (const Hdf5Error& error) {
    throw refuse(fmt::format("this file is damaged or cut short ({})", error.what()), remedy);
  } catch (const Damage& error) {
    throw refuse(fmt::format("this file is damaged or was edited: {}", error.what()), remedy);
  }
}

Outcomes read_provenance(const std::filesystem::path& path) {
  Outcomes outcomes = read_results(path);
  outcomes.arrays.clear();
  std::erase_if(outcomes.dimensions, [](const Dimension& dimension) { return dimension.name != "plan"; });
  return outcomes;
}

bool looks_like_results(const std::filesystem::path& path) {
  // Not through a stream: opening a pipe that nobody writes to would wait for ever.
  const int file = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (file < 0) return false;
  char first[hdf5_signature.size()] = {};
  const ssize_t count = ::read(file, first, sizeof first);
  ::close(file);
  return std::string_view(first, static_cast<std::size_t>(std::max<ssize_t>(count, 0))) == hdf5_signature;
}

}  // namespace sojourn
