using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Cluster.Gateway.Metrics;

/// <summary>
/// The series of one metric. Finding the series of a measurement takes no lock and allocates nothing once the tags have
/// been seen; a measurement that would make a series too many finds none.
/// </summary>
/// <typeparam name="TCell">What holds a series' value.</typeparam>
/// <param name="maxSeries">How many series there may be.</param>
/// <param name="common">Tags that every series has.</param>
/// <param name="create">Makes the cell of a new series.</param>
internal sealed class SeriesTable<TCell>(int maxSeries, KeyValuePair<string, object?>[] common, Func<TCell> create)
    where TCell : class
{
    /// <summary>The same labels can come as tags in several orders and types; each is remembered once, up to so many a series.</summary>
    private const int SpellingsOfASeries = 4;

    /// <summary>Spellings to try first, by the identity of their values, which costs less than reading them. A power of two.</summary>
    private const int RecentSpellings = 32;

    private readonly Spelling?[] _recent = new Spelling?[RecentSpellings];
    private readonly Lock _gate = new();
    private readonly Dictionary<string, TCell> _byLabels = new(StringComparer.Ordinal);

    /// <summary>Open addressing, a power of two of places, at most half of them taken. Grows by being replaced.</summary>
    private Spelling?[] _spellings = new Spelling?[16];
    private int _count;
    private Series<TCell>[] _series = [];
    private volatile bool _isFull;

    /// <summary>All series, in the order of their first measurements.</summary>
    public ReadOnlySpan<Series<TCell>> All => Volatile.Read(ref _series);

    /// <summary>The cell of the series with these tags.</summary>
    public bool TryFind(ReadOnlySpan<KeyValuePair<string, object?>> tags, [MaybeNullWhen(false)] out TCell cell)
    {
        ref var recent = ref _recent[IdentityOf(tags) & (RecentSpellings - 1)];
        if (Volatile.Read(ref recent) is { } last && last.IsSame(tags))
        {
            cell = last.Cell;
            return true;
        }

        var hash = HashOf(tags);
        if (Look(Volatile.Read(ref _spellings), tags, hash) is { } known)
        {
            if (known.IsSame(tags))
            {
                Volatile.Write(ref recent, known);
            }

            cell = known.Cell;
            return true;
        }

        cell = _isFull ? null : Add(tags, hash);
        return cell is not null;
    }

    /// <summary>Of the tags' values as objects, whatever they hold: most callers give the same objects each time.</summary>
    private static int IdentityOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var identity = tags.Length;
        foreach (ref readonly var tag in tags)
        {
            identity = (identity * 31) + RuntimeHelpers.GetHashCode(tag.Value);
        }

        return identity;
    }

    private static Spelling? Look(Spelling?[] spellings, ReadOnlySpan<KeyValuePair<string, object?>> tags, int hash)
    {
        var mask = spellings.Length - 1;
        for (var place = hash & mask; Volatile.Read(ref spellings[place]) is { } spelling; place = (place + 1) & mask)
        {
            if (spelling.Hash == hash && spelling.Matches(tags))
            {
                return spelling;
            }
        }

        return null;
    }

    private TCell? Add(ReadOnlySpan<KeyValuePair<string, object?>> tags, int hash)
    {
        lock (_gate)
        {
            if (Look(_spellings, tags, hash) is { } known)
            {
                return known.Cell;
            }

            var labels = LabelText.Of(common, tags);
            if (!_byLabels.TryGetValue(labels, out var cell))
            {
                if (_byLabels.Count == maxSeries)
                {
                    _isFull = true;
                    return null;
                }

                cell = create();
                _byLabels.Add(labels, cell);
                Volatile.Write(ref _series, [.. _series, new Series<TCell>(labels, cell)]);
            }

            Remember(new Spelling(hash, tags.ToArray(), cell));
            _isFull = _count >= (long)maxSeries * SpellingsOfASeries;
            return cell;
        }
    }

    private void Remember(Spelling spelling)
    {
        if ((_count + 1) * 2 > _spellings.Length)
        {
            var larger = new Spelling?[_spellings.Length * 2];
            foreach (var each in _spellings)
            {
                if (each is not null)
                {
                    Place(larger, each);
                }
            }

            Volatile.Write(ref _spellings, larger);
        }

        Place(_spellings, spelling);
        _count++;
    }

    private static void Place(Spelling?[] spellings, Spelling spelling)
    {
        var mask = spellings.Length - 1;
        var place = spelling.Hash & mask;
        while (spellings[place] is not null)
        {
            place = (place + 1) & mask;
        }

        Volatile.Write(ref spellings[place], spelling);
    }

    private static int HashOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var hash = 0;
        foreach (ref readonly var tag in tags)
        {
            hash = HashCode.Combine(hash, tag.Key, tag.Value);
        }

        return hash;
    }

    /// <summary>Tags as measurements give them, and their series' cell.</summary>
    private sealed class Spelling(int hash, KeyValuePair<string, object?>[] tags, TCell cell)
    {
        public int Hash => hash;

        public TCell Cell => cell;

        /// <summary>Whether the tags are these very objects.</summary>
        public bool IsSame(ReadOnlySpan<KeyValuePair<string, object?>> others)
        {
            if (tags.Length != others.Length)
            {
                return false;
            }

            for (var i = 0; i < tags.Length; i++)
            {
                if (!ReferenceEquals(tags[i].Key, others[i].Key) || !ReferenceEquals(tags[i].Value, others[i].Value))
                {
                    return false;
                }
            }

            return true;
        }

        public bool Matches(ReadOnlySpan<KeyValuePair<string, object?>> others)
        {
            if (tags.Length != others.Length)
            {
                return false;
            }

            for (var i = 0; i < tags.Length; i++)
            {
                if (tags[i].Key != others[i].Key || !Equals(tags[i].Value, others[i].Value))
                {
                    return false;
                }
            }

            return true;
        }
    }
}

/// <summary>One series.</summary>
/// <typeparam name="TCell">What holds its value.</typeparam>
/// <param name="Labels">As <see cref="LabelText"/> writes them.</param>
/// <param name="Cell">Holds its value.</param>
internal readonly record struct Series<TCell>(string Labels, TCell Cell);
