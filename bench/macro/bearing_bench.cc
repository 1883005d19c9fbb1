// CWRU bearings (evaluation.md 8.3): 36 recordings of faults at 12 kHz and normals, those of 48 kHz
// decimated by 4. Windows do not overlap, and those of a recording stand on one side of each split.
// Prints one JSON object a line: physics without training; a fault size (another physical bearing)
// held out; 0 hp taught, 1 to 3 hp tested.
//   bearing_bench [--data build/data/cwru] [--window 16384]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/check.h"
#include "core/json.h"
#include "maintenance/bearing/bearing_features.h"
#include "maintenance/classify/logistic_classifier.h"
#include "maintenance/mat/mat_file.h"
#include "maintenance/signal/decimate.h"

namespace {

using namespace mw;               // NOLINT: a program of one file
using namespace mw::maintenance;  // NOLINT

constexpr double kRateHz = 12'000;
constexpr double kNormalHz[] = {1797 / 60.0, 1772 / 60.0, 1750 / 60.0, 1730 / 60.0};
const char* const kTypes[] = {"B", "IR", "OR", "N"};

struct Stretch {
  int type = 0;  // of kTypes
  std::string size;
  int load_hp = 0;
  std::vector<double> physics;
  std::vector<double> machine;
  std::optional<BearingPart> named;
};

BearingOrders orders() { return bearing_orders({9, 0.3126, 1.537, 0}).value(); }  // SKF 6205

void cut(std::span<const double> signal, double shaft_hz, std::size_t window, Stretch about,
         std::vector<Stretch>& out) {
  for (std::size_t at = 0; at + window <= signal.size(); at += window) {
    const auto part = signal.subspan(at, window);
    BearingSetup setup;
    setup.orders = orders();
    setup.shaft_hz = shaft_hz;
    const auto found = diagnose_bearing(part, kRateHz, setup);
    MW_CHECK(found.has_value());
    about.physics = physics_features(*found);
    about.machine = machine_features(part, *found);
    about.named = found->named;
    out.push_back(about);
  }
}

std::vector<Stretch> read_all(const std::filesystem::path& folder, std::size_t window) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "12k_DE")) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<Stretch> out;
  for (const auto& path : paths) {
    const auto file = read_mat_file(path);
    MW_CHECK(file.has_value());
    const std::string name = path.stem().string();  // IR_007_105_0
    Stretch about;
    about.type = name[0] == 'B' ? 0 : name[0] == 'I' ? 1 : 2;
    about.size = name.substr(name.find('_') + 1, 3);
    about.load_hp = name.back() - '0';
    cut(file->find_ending("DE_time")->values, file->find_ending("RPM")->values[0] / 60, window,
        about, out);
  }
  for (int load = 0; load < 4; ++load) {
    Stretch about;
    about.type = 3;
    about.size = "none";
    about.load_hp = load;
    if (load == 0) {
      const auto file = read_mat_file(folder / "normal/97_Normal_0.mat");
      MW_CHECK(file.has_value());
      cut(decimate(file->find_ending("DE_time")->values, 4), kNormalHz[0], window, about, out);
      continue;
    }
    const auto file =
        read_mat_file(folder / "normal_12k_decimated" / (std::to_string(97 + load) + ".mat"));
    if (file) cut(file->find_ending("DE_time")->values, kNormalHz[load], window, about, out);
  }
  return out;
}

/// Accuracy of a model taught on `train` and asked about `test`; classes by `class_of`.
template <class Train, class Test, class ClassOf, class Features>
double accuracy(const std::vector<Stretch>& all, Train train, Test test, ClassOf class_of,
                Features features, int* counted) {
  std::map<std::string, int> classes;
  SampleMatrix rows;
  std::vector<int> labels;
  for (const Stretch& each : all) {
    if (!train(each)) continue;
    rows.columns = features(each).size();
    rows.add(features(each));
    labels.push_back(
        classes.emplace(class_of(each), static_cast<int>(classes.size())).first->second);
  }
  const auto model = LogisticClassifier::fit(rows, labels, static_cast<int>(classes.size()), 1.0);
  MW_CHECK(model.has_value());
  int right = 0;
  *counted = 0;
  for (const Stretch& each : all) {
    if (!test(each)) continue;
    ++*counted;
    if (model->predict(features(each)) == classes.at(class_of(each))) ++right;
  }
  return static_cast<double>(right) / *counted;
}

void print(const Json& line) { std::printf("%s\n", to_text(line).c_str()); }

void physics_alone(const std::vector<Stretch>& all) {
  const BearingPart wanted[] = {BearingPart::kRollingElement, BearingPart::kInnerRace,
                                BearingPart::kOuterRace};
  Json by_type = Json::object();
  for (int type = 0; type < 4; ++type) {
    int right = 0;
    int wrong = 0;
    int unnamed = 0;
    for (const Stretch& each : all) {
      if (each.type != type) continue;
      if (!each.named) {
        ++unnamed;
      } else if (type < 3 && *each.named == wanted[type]) {
        ++right;
      } else {
        ++wrong;
      }
    }
    by_type[kTypes[type]] = {{"right", right}, {"wrong", wrong}, {"not_named", unnamed}};
  }
  print({{"bench", "cwru_physics_alone"},
         {"split", "nothing taught: every bearing is unseen"},
         {"windows", by_type}});
}

void size_held_out(const std::vector<Stretch>& all) {
  for (const bool physics : {true, false}) {
    Json by_size = Json::object();
    double sum = 0;
    for (const char* size : {"007", "014", "021"}) {
      int counted = 0;
      const double share = accuracy(
          all, [&](const Stretch& s) { return s.type < 3 && s.size != size; },
          [&](const Stretch& s) { return s.type < 3 && s.size == size; },
          [](const Stretch& s) { return std::string(kTypes[s.type]); },
          [&](const Stretch& s) { return physics ? s.physics : s.machine; }, &counted);
      by_size[size] = share;
      sum += share / 3;
    }
    print({{"bench", "cwru_size_held_out"},
           {"split", "B/IR/OR, one fault size (another bearing) held out, all loads"},
           {"features", physics ? "physics" : "machine"},
           {"accuracy", by_size},
           {"mean_accuracy", sum},
           {"bar", 0.75}});
  }
}

void load_held_out(const std::vector<Stretch>& all) {
  for (const bool normals : {false, true}) {
    Json by_load = Json::object();
    double least = 1;
    for (int load = 1; load <= 3; ++load) {
      int counted = 0;
      const double share = accuracy(
          all, [&](const Stretch& s) { return (normals || s.type < 3) && s.load_hp == 0; },
          [&](const Stretch& s) { return (normals || s.type < 3) && s.load_hp == load; },
          [](const Stretch& s) { return kTypes[s.type] + s.size; },
          [](const Stretch& s) { return s.machine; }, &counted);
      by_load[std::to_string(load)] = share;
      least = std::min(least, share);
    }
    print({{"bench", "cwru_load_held_out"},
           {"split", "taught at 0 hp, tested at 1, 2, 3 hp"},
           {"classes", normals ? "9 faults and normal" : "9 faults"},
           {"features", "machine"},
           {"accuracy", by_load},
           {"least_accuracy", least},
           {"bar", 0.95}});
  }
}

std::string option(int argc, char** argv, const std::string& name, const std::string& fallback) {
  for (int i = 1; i + 1 < argc; ++i) {
    if (name == argv[i]) return argv[i + 1];
  }
  return fallback;
}

}  // namespace

int main(int argc, char** argv) {
  const std::filesystem::path folder = option(argc, argv, "--data", "build/data/cwru");
  const auto window =
      static_cast<std::size_t>(std::atoi(option(argc, argv, "--window", "16384").c_str()));
  if (!std::filesystem::exists(folder / "12k_DE")) {
    std::fprintf(stderr,
                 "bearing_bench: %s/12k_DE is not there: unpack ../shared/data/cwru.tar.xz "
                 "and the archives in it\n",
                 folder.c_str());
    return 77;
  }
  const auto start = std::chrono::steady_clock::now();
  const std::vector<Stretch> all = read_all(folder, window);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  print({{"bench", "cwru_features"},
         {"window_samples", window},
         {"windows", all.size()},
         {"ms_a_window", 1e3 * took.count() / static_cast<double>(all.size())}});
  physics_alone(all);
  size_held_out(all);
  load_held_out(all);
  return 0;
}
