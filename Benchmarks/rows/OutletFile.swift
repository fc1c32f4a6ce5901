import Foundation
import Tabular

/// A file of outlets made from the sample's shops: their names and addresses, moved a little and numbered anew, with the dirt
/// that was counted in real files (see `docs/trials.md`). The same seed makes the same bytes.
struct OutletFile {
    private struct Shop {
        let name: String
        let street: String
        let city: String
        let state: String
        let zip: String
        let latitude: Double
        let longitude: Double
    }

    private static let sources = ["costco__costco_locations", "petsmart__petsmart_locations"]

    private let shops: [Shop]
    private var state: UInt64

    /// - Parameter sample: the folder `Config/sample`.
    init(sample: URL, seed: UInt64) throws {
        var shops: [Shop] = []
        for name in Self.sources {
            var reader = CSVReader(Array(try Data(contentsOf: sample.appending(path: name + ".csv"))))
            guard reader.next() else { continue }
            let header = (0..<reader.fieldCount).map { reader.fieldString($0) }
            func position(_ names: String...) -> Int { names.compactMap(header.firstIndex(of:)).first ?? 0 }
            let columns = (
                name: position("name", "store_name"), street: position("street", "address"), city: position("city"),
                state: position("state"), zip: position("zip", "postal_code"), latitude: position("latitude", "lat"),
                longitude: position("longitude", "lon", "lng")
            )
            while reader.next() {
                guard let latitude = reader.double(columns.latitude), let longitude = reader.double(columns.longitude)
                else { continue }
                shops.append(
                    Shop(
                        name: reader.fieldString(columns.name), street: reader.fieldString(columns.street),
                        city: reader.fieldString(columns.city), state: reader.fieldString(columns.state),
                        zip: reader.fieldString(columns.zip), latitude: latitude, longitude: longitude))
            }
        }
        self.shops = shops
        state = seed
    }

    /// The bytes of a file with so many records.
    mutating func bytes(rows: Int) -> [UInt8] {
        var writer = CSVWriter()
        writer.row([
            "id", "name", "street", "city", "zip", "lat", "lon", "channel", "tier", "territory", "distributor", "model",
            "audit", "volume", "new",
        ])
        for number in 0..<rows { write(number, to: &writer) }
        return writer.takeBytes()
    }

    private mutating func write(_ number: Int, to writer: inout CSVWriter) {
        let shop = shops[below(shops.count)]
        let dirt = below(1000)
        // 0.34 % of the keys stand a second time.
        let key = number > 0 && dirt < 3 ? below(number) : number
        var latitude = decimal(shop.latitude + Double(below(2000) - 1000) / 10_000)
        var longitude = decimal(shop.longitude + Double(below(2000) - 1000) / 10_000)
        switch dirt {
        case 10..<30: (latitude, longitude) = ("", "")
        case 30..<36: swap(&latitude, &longitude)
        case 36..<38: latitude = "NA"
        case 38..<40: (latitude, longitude) = ("0", "0")
        default: break
        }
        let channel = dirt == 50 ? "kiosk" : ["General Trade", "Modern Trade", "wholesale"][below(3)]
        let model = ["pre_sales", "van_sales"][channel == "Modern Trade" ? 0 : below(2)]
        writer.row([
            "OUT-\(10_000_000 + key)", dirt == 51 ? "" : "\(shop.name) \(number % 977)", shop.street, shop.city,
            shop.zip, latitude, longitude, channel, ["gold", "silver", "bronze", ""][below(4)],
            "us-\(shop.state.lowercased())", "DT-\(shop.state)-\(below(12))", model,
            ["weekly", "monthly"][below(2)], "\(below(90_000)).\(below(90) + 10)", ["true", "false"][below(2)],
        ])
    }

    private func decimal(_ degrees: Double) -> String {
        let whole = Int((degrees * 1e6).rounded())
        let digits = String(abs(whole))
        let padded = String(repeating: "0", count: max(0, 7 - digits.count)) + digits
        return (whole < 0 ? "-" : "") + padded.dropLast(6) + "." + padded.suffix(6)
    }

    /// A number from 0 on, below `bound` (SplitMix64).
    private mutating func below(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ mixed >> 31) % UInt64(bound))
    }
}
