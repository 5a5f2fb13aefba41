#include "app/certificate.hpp"

#include <cstdio>
#include <ctime>
#include <memory>

#include <fmt/format.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace roger::app {

Result<TimePoint> end_of_certificate(const std::string& file) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> bytes(BIO_new_file(file.c_str(), "r"), &BIO_free);
    if (!bytes) return fail(Errc::invalid_argument, fmt::format("the certificate {} cannot be read", file));
    const std::unique_ptr<X509, decltype(&X509_free)> read(PEM_read_bio_X509(bytes.get(), nullptr, nullptr, nullptr),
                                                           &X509_free);
    std::tm time{};
    if (!read || ASN1_TIME_to_tm(X509_get0_notAfter(read.get()), &time) != 1) {
        return fail(Errc::invalid_argument, fmt::format("{} holds no certificate in PEM", file));
    }
    return TimePoint(seconds(::timegm(&time)));
}

std::vector<Certificate> certificates_of(const Config& config) {
    std::vector<Certificate> found;
    const auto add = [&found](const std::string& file, std::string of) {
        if (file.empty()) return;
        if (const auto ends = end_of_certificate(file)) found.push_back({file, std::move(of), *ends});
    };
    add(config.tls_cert, "of the API");
    for (const RouteConfig& route : config.routes) {
        add(route.smpp.cert_file, "of route " + route.route.name);
        add(route.sip.trunk.tls.cert_file, "of route " + route.route.name);
    }
    return found;
}

std::string describe(const Certificate& certificate, TimePoint now) {
    const std::string when = to_rfc3339(certificate.ends);
    return fmt::format("The certificate in {}, {}, {} on {} at {} UTC", certificate.file, certificate.of,
                       certificate.ends <= now ? "ended" : "ends", when.substr(0, 10), when.substr(11, 5));
}

}  // namespace roger::app
