#include "server/api/vibration_json.h"

#include <cmath>

#include "server/api/plant_json.h"

namespace mw::server {
namespace {

using maintenance::PlotLine;
using maintenance::Spectrum;
using maintenance::VibrationPlots;

/// Five digits are more than a chart can show, and half the bytes.
double short_number(double value) {
  if (value == 0 || !std::isfinite(value)) return 0;
  const double scale = std::pow(10.0, 4 - std::floor(std::log10(std::abs(value))));
  return std::round(value * scale) / scale;
}

Json numbers_json(const std::vector<double>& values) {
  Json out = Json::array();
  for (const double each : values) out.push_back(short_number(each));
  return out;
}

Json spectrum_json(const Spectrum& spectrum) {
  return {{"step_hz", spectrum.step_hz}, {"values", numbers_json(spectrum.values)}};
}

Json lines_json(const std::vector<PlotLine>& lines) {
  Json out = Json::array();
  for (const PlotLine& each : lines) {
    out.push_back({{"part", each.part},
                   {"label", to_json(each.label)},
                   {"hz", each.hz},
                   {"found_hz", each.found_hz > 0 ? Json(each.found_hz) : Json()},
                   {"prominence", each.prominence > 0 ? Json(each.prominence) : Json()}});
  }
  return out;
}

Json wave_json(const VibrationPlots& plots) {
  Json points = Json::array();
  for (const auto& [low, high] : plots.wave) {
    points.push_back({short_number(low), short_number(high)});
  }
  return {{"step_s", plots.wave_step_s}, {"points", std::move(points)}};
}

Json part_title_json(const maintenance::VibrationFound& found) {
  return found.named ? to_json(maintenance::part_title(*found.named)) : Json();
}

}  // namespace

Json vibration_info_json(const maintenance::VibrationInfo& info) {
  Json out = maintenance::to_json(info);
  out.erase("ts_ns");
  out.erase("added_ns");
  out["recorded_ms"] = to_ms(info.ts_ns);
  out["added_ms"] = to_ms(info.added_ns);
  out["found"]["named_title"] = part_title_json(info.found);
  return out;
}

Json measuring_points_json(const plant::Asset& asset) {
  Json out = Json::array();
  for (const plant::MeasuringPoint& each : asset.measuring_points) {
    out.push_back({{"point", each.point},
                   {"component", each.component},
                   {"bearing_name", each.bearing_name},
                   {"bearing", each.bearing ? maintenance::to_json(*each.bearing) : Json()},
                   {"orders", each.orders ? maintenance::to_json(*each.orders) : Json()},
                   {"speed_tag", each.speed_tag},
                   {"shaft_ratio", each.shaft_ratio}});
  }
  return out;
}

Json vibration_look_json(const maintenance::VibrationArchive::Look& look) {
  const maintenance::VibrationSetup setup = setup_of(look.info);
  Json findings = Json::array();
  for (const Text& each : report_text(look.report, setup)) findings.push_back(to_json(each));
  const VibrationPlots& plots = look.plots;
  Json envelope = spectrum_json(plots.envelope);
  envelope["band_hz"] = {plots.band_hz.first, plots.band_hz.second};
  envelope["whitened"] = plots.whitened;
  envelope["lines"] = lines_json(plots.lines);
  return {
      {"recording", vibration_info_json(look.info)},
      {"findings", std::move(findings)},
      {"severity",
       look.report.severity ? to_json(maintenance::severity_text(*look.report.severity)) : Json()},
      {"figures", report_json(look.report, setup)},
      {"waveform", wave_json(plots)},
      {"spectrum", spectrum_json(plots.spectrum)},
      {"envelope", std::move(envelope)}};
}

Json vibration_series_json(const maintenance::VibrationArchive::Series& series) {
  Json rows = Json::array();
  for (std::size_t i = 0; i < series.recordings.size(); ++i) {
    rows.push_back({{"recording", vibration_info_json(series.recordings[i])},
                    {"values", numbers_json(series.waterfall.rows[i])}});
  }
  return {{"step_hz", series.waterfall.step_hz}, {"rows", std::move(rows)}};
}

}  // namespace mw::server
