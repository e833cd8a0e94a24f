#include "tests/gradients/Rows.h"

namespace gradus::testing {

std::vector<Family> elementwiseRows();
std::vector<Family> movementRows();
std::vector<Family> reductionRows();
std::vector<Family> scanRows();
std::vector<Family> sortingRows();
std::vector<Family> contractionRows();
std::vector<Family> convolutionRows();
std::vector<Family> indexingRows();
std::vector<Family> normalizationRows();
std::vector<Family> randomRows();
std::vector<Family> lossRows();

const std::vector<Family> &families() {
  static const std::vector<Family> all = [] {
    std::vector<Family> list;
    for (auto *rows : {elementwiseRows, movementRows, reductionRows, scanRows, sortingRows, contractionRows, convolutionRows, indexingRows, normalizationRows, randomRows, lossRows})
      for (Family &family : rows())
        list.push_back(std::move(family));
    return list;
  }();
  return all;
}

} // namespace gradus::testing
