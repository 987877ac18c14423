using System.Buffers.Text;
using System.Globalization;

namespace Cluster.Gateway.Metrics;

/// <summary>A value of a series: a whole number, exactly, or any other.</summary>
internal readonly record struct Number
{
    /// <summary>No number is written in more bytes.</summary>
    public const int MaxLength = 32;

    private readonly long _whole;
    private readonly double _real;
    private readonly bool _isReal;

    private Number(long whole, double real, bool isReal) => (_whole, _real, _isReal) = (whole, real, isReal);

    /// <summary>A whole number.</summary>
    public static Number Of(long value) => new(value, 0, isReal: false);

    /// <summary>A number.</summary>
    public static Number Of(double value) => new(0, value, isReal: true);

    /// <summary>The sum of both.</summary>
    public Number Plus(Number other) => _isReal || other._isReal ? Of(AsReal() + other.AsReal()) : Of(_whole + other._whole);

    /// <summary>Writes it as Prometheus reads numbers: Go's <c>ParseFloat</c>, <c>NaN</c>, <c>+Inf</c>, <c>-Inf</c>.</summary>
    /// <returns>How many bytes were written.</returns>
    public int Write(Span<byte> text)
    {
        int written;
        if (!_isReal)
        {
            Utf8Formatter.TryFormat(_whole, text, out written);
            return written;
        }

        if (!double.IsFinite(_real))
        {
            var name = double.IsNaN(_real) ? "NaN"u8 : _real > 0 ? "+Inf"u8 : "-Inf"u8;
            name.CopyTo(text);
            return name.Length;
        }

        _real.TryFormat(text, out written, "R", CultureInfo.InvariantCulture);
        text[..written].Replace((byte)'E', (byte)'e');
        return written;
    }

    private double AsReal() => _isReal ? _real : _whole;
}
