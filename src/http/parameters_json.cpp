#include "http/parameters_json.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace roger::http {
namespace {

using Json = nlohmann::json;

/// Takes the events of nlohmann's SAX parser. A document tree would turn 48.50 into a double and keep the last of two
/// keys.
class PairReader {
public:
    [[nodiscard]] std::vector<Pair>& pairs() { return pairs_; }
    [[nodiscard]] const std::string& broken_name() const { return broken_name_; }
    [[nodiscard]] std::string_view why() const { return why_; }

    // The names and signatures of these are nlohmann's (json_sax); false stops the parser.
    bool null() { return frames_.empty() ? refuse("", "the body is not a JSON object") : true; }
    bool boolean(bool value) { return scalar(value ? "true" : "false"); }
    // A negative zero is the only zero that comes as a signed number, and its sign would be lost.
    bool number_integer(Json::number_integer_t value) { return scalar(value == 0 ? "-0" : std::to_string(value)); }
    bool number_unsigned(Json::number_unsigned_t value) { return scalar(std::to_string(value)); }
    bool number_float(Json::number_float_t, const std::string& text) { return scalar(text); }
    bool string(std::string& value) {
        if (value.find('\0') != std::string::npos) return refuse(name_, "a NUL character");
        return scalar(value);
    }
    bool binary(Json::binary_t&) { return refuse(name_, "binary data"); }

    bool start_object(std::size_t) {
        if (frames_.size() == 1 && frames_[0].array) return refuse("", "the body is not a JSON object");
        return open(false);
    }
    bool start_array(std::size_t) {
        if (frames_.size() == 1 && frames_[0].array) return refuse("", "the body is not a JSON object");
        return open(true);
    }
    bool end_object() { return close(); }
    bool end_array() { return close(); }

    bool key(std::string& name) {
        if (frames_.size() == 1) name_ = name;
        if (name.find('\0') != std::string::npos) return refuse("", "a NUL character in a name");
        if (++names_ > parameter_names_max) return refuse("", "too many parameters");
        std::vector<std::string>& keys = frames_.back().keys;
        if (std::find(keys.begin(), keys.end(), name) != keys.end()) return refuse(name, "given twice");
        keys.push_back(name);
        return true;
    }

    bool parse_error(std::size_t, const std::string&, const Json::exception&) {
        return refuse("", "the body is not readable JSON");
    }

private:
    struct Frame {
        bool array = false;
        std::vector<std::string> keys;
    };

    bool open(bool array) {
        if (frames_.size() >= json_depth_max) return refuse(name_, "nested too deeply");
        if (frames_.size() == 1) {  // the value of a parameter
            value_start_ = pairs_.size();
            only_scalars_ = array;
        } else if (frames_.size() > 1) {
            only_scalars_ = false;
        }
        frames_.push_back(Frame{array, {}});
        return true;
    }

    bool close() {
        frames_.pop_back();
        if (frames_.size() != 1) return true;
        if (!only_scalars_ || pairs_.size() == value_start_) {
            pairs_.resize(value_start_);
            return add(Pair{.name = name_, .value = "", .nested = true, .element = false});
        }
        return true;
    }

    bool scalar(std::string_view text) {
        if (frames_.empty() || (frames_.size() == 1 && frames_[0].array)) {
            return refuse("", "the body is not a JSON object");
        }
        if (frames_.size() == 1) return add(Pair{.name = name_, .value = std::string(text)});
        if (frames_.size() > 2 || !only_scalars_) return true;  // inside something nested: nobody reads it
        return add(Pair{.name = name_, .value = std::string(text), .nested = true, .element = true});
    }

    bool add(Pair pair) {
        if (pairs_.size() >= parameter_pairs_max) return refuse(name_, "too many values");
        pairs_.push_back(std::move(pair));
        return true;
    }

    bool refuse(std::string_view name, std::string_view why) {
        if (!why_.empty()) return false;  // the first reason is the right one
        broken_name_ = name;
        why_ = why;
        return false;
    }

    std::vector<Pair> pairs_;
    std::vector<Frame> frames_;
    std::string name_;  ///< the parameter under way
    std::size_t names_ = 0;
    std::size_t value_start_ = 0;  ///< where its pairs start, while its value is an array or object
    bool only_scalars_ = false;
    std::string broken_name_;
    std::string_view why_;
};

}  // namespace

Result<std::vector<Pair>> read_json(std::string_view body) {
    PairReader reader;
    if (!Json::sax_parse(body.begin(), body.end(), &reader)) return fail_parameter(reader.broken_name(), reader.why());
    return std::move(reader.pairs());
}

}  // namespace roger::http
