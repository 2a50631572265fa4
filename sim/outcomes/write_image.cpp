#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>

#include "hdf5_handle.hpp"
#include "results_image.hpp"
#include "results_layout.hpp"
#include "sojourn/outcomes/results_file.hpp"

namespace sojourn {
namespace {

using Extent = std::vector<hsize_t>;

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
    const Hdf5Handle file = creation_properties(H5P_FILE_CREATE);
    // Most variables are one chunk. HDF5's usual index of chunks has room for 64 of them, and would be most of a small file.
    checked(H5Pset_istore_k(file, 4), "H5Pset_istore_k");
    return Hdf5Handle(H5Fcreate(image_name, H5F_ACC_TRUNC, file, access), H5Fclose, "H5Fcreate");
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

}  // namespace

std::string write_image(const Outcomes& outcomes) { return ImageWriter(outcomes).write(); }

}  // namespace sojourn
