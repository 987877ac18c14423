using Google.Protobuf.Reflection;

namespace Cluster.Grpc.Reflection;

/// <summary>All that the served files, and what they import, declare: by file name, by symbol, by extension.</summary>
internal sealed class DescriptorIndex
{
    private readonly Dictionary<string, FileDescriptor> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileDescriptor> _symbols = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedDictionary<int, FileDescriptor>> _extensions = new(StringComparer.Ordinal);

    public DescriptorIndex(IEnumerable<FileDescriptor> files)
    {
        foreach (var file in files)
        {
            AddFile(file);
        }
    }

    public FileDescriptor? FindFile(string name) => _files.GetValueOrDefault(name);

    public FileDescriptor? FindSymbol(string fullName) => _symbols.GetValueOrDefault(fullName.TrimStart('.'));

    public FileDescriptor? FindExtension(string containingType, int number) =>
        _extensions.TryGetValue(containingType.TrimStart('.'), out var numbers) ? numbers.GetValueOrDefault(number) : null;

    /// <summary>In ascending order; null for a type that is not known at all.</summary>
    public IReadOnlyCollection<int>? FindExtensionNumbers(string type)
    {
        var name = type.TrimStart('.');
        return _extensions.TryGetValue(name, out var numbers) ? numbers.Keys
            : _symbols.ContainsKey(name) ? []
            : null;
    }

    private void AddFile(FileDescriptor file)
    {
        if (!_files.TryAdd(file.Name, file))
        {
            return;
        }

        foreach (var dependency in file.Dependencies)
        {
            AddFile(dependency);
        }

        foreach (var service in file.Services)
        {
            _symbols[service.FullName] = file;
            foreach (var method in service.Methods)
            {
                _symbols[method.FullName] = file;
            }
        }

        foreach (var message in file.MessageTypes)
        {
            AddMessage(message, file);
        }

        AddEnums(file.EnumTypes, file);
        AddExtensions(file.Extensions, file);
    }

    private void AddMessage(MessageDescriptor message, FileDescriptor file)
    {
        _symbols[message.FullName] = file;
        foreach (var field in message.Fields.InDeclarationOrder())
        {
            _symbols[field.FullName] = file;
        }

        foreach (var oneof in message.Oneofs)
        {
            _symbols[oneof.FullName] = file;
        }

        foreach (var nested in message.NestedTypes)
        {
            AddMessage(nested, file);
        }

        AddEnums(message.EnumTypes, file);
        AddExtensions(message.Extensions, file);
    }

    private void AddEnums(IEnumerable<EnumDescriptor> enums, FileDescriptor file)
    {
        foreach (var type in enums)
        {
            _symbols[type.FullName] = file;
            foreach (var value in type.Values)
            {
                _symbols[value.FullName] = file;
            }
        }
    }

    private void AddExtensions(ExtensionCollection extensions, FileDescriptor file)
    {
        foreach (var extension in extensions.UnorderedExtensions)
        {
            _symbols[extension.FullName] = file;
            var extended = extension.ExtendeeType.FullName;
            if (!_extensions.TryGetValue(extended, out var numbers))
            {
                _extensions[extended] = numbers = [];
            }

            numbers[extension.FieldNumber] = file;
        }
    }
}
