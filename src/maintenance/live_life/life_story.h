#pragma once

#include <optional>
#include <string>

#include "maintenance/life_watch.h"
#include "maintenance/model_card.h"

namespace mw::maintenance {

/// A machine whose remaining life is told.
struct Followed {
  LifeFollowing following;
  std::string line;
  std::optional<LifeModel> model;
  LifeModelView view;
  std::optional<LifeView> told;  // what was said at told_ns
  TimeNs told_ns = 0;
};

/// Of a model of remaining life.
LifeModelView life_model_view(const std::string& name, const StoredModel& stored);

/// Whether `following` fits the model and the machine's tags in `catalogue`.
/// Errors   those of LifeWatch::follow.
Result<void> check_following(const LifeFollowing& following, const LifeModelView& model,
                             const plant::Catalogue& catalogue, TimeNs now_ns);

/// What is known of it without looking at its samples.
LifeView empty_life_view(const Followed& followed);

/// Looks at the samples since the life began. Where too little is known for any answer, `problem`
/// says what is missing. Errors   those of read_lived_rows and of LifeModel::answer.
Result<LifeView> tell_life(const Followed& followed, const plant::Plant& plant, TimeNs now_ns);

}  // namespace mw::maintenance
